//! Who opens connections and says nothing does not keep them.

use std::time::Duration;

use engine::Engine;
use server::assets::Site;
use server::boot::Running;
use server::connections::Patience;
use server::state::ServerState;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::database::TestDatabase;

/// Far longer than the server waits; who is still connected then is kept for ever.
const FOR_EVER: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(300);

async fn start(patience: Patience) -> (Running, TestDatabase) {
    let database = TestDatabase::sqlite();
    let engine = Engine::start(database.parts("http://localhost").await)
        .await
        .expect("the engine starts");
    let state = ServerState::new(engine, Site::load().expect("the site, or none"), None);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let running = Running::start_patiently(listener, state, (None, patience));
    (running.expect("the server starts"), database)
}

/// True where the server ends the connection, whatever it says before.
async fn is_ended(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    timeout(FOR_EVER, stream.read_to_end(&mut rest))
        .await
        .is_ok()
}

#[tokio::test]
async fn a_connection_that_never_ends_its_first_question_is_closed() {
    let patience = Patience {
        first: SHORT,
        next: FOR_EVER * 10,
    };
    let (running, _database) = start(patience).await;
    for begun in [
        "",
        "G",
        "GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ",
    ] {
        let mut stream = TcpStream::connect(running.address).await.expect("opens");
        stream.write_all(begun.as_bytes()).await.expect("is sent");
        assert!(is_ended(&mut stream).await, "{begun}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_connection_that_asks_nothing_more_is_closed_after_its_answer() {
    let patience = Patience {
        first: FOR_EVER * 10,
        next: SHORT,
    };
    let (running, _database) = start(patience).await;
    let mut stream = TcpStream::connect(running.address).await.expect("opens");
    let question = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for _ in 0..2 {
        stream.write_all(question).await.expect("is sent");
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await.expect("an answer");
        assert!(answer[..length].starts_with(b"HTTP/1.1 200"));
    }
    assert!(is_ended(&mut stream).await);
    running.stop().await;
}
