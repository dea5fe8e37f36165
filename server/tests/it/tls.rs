//! TLS by the server itself: whom its certificates convince, and that a new one comes without a break.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use engine::{Engine, Parts};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use server::assets::Site;
use server::boot::Running;
use server::state::ServerState;
use server::tls::self_signed;
use server::tls::{Tls, TlsSource};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::database::TestDatabase;
use crate::harness::ShiftedClock;

const DAY: i64 = 86_400;

/// A server that speaks TLS.
struct Door {
    tls: Tls,
    running: Running,
    clock: Arc<ShiftedClock>,
    folder: tempfile::TempDir,
    _database: TestDatabase,
}

impl Door {
    /// A server whose certificate comes from this source in a folder of its own.
    async fn open(source: impl FnOnce(&Path) -> TlsSource) -> Self {
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ShiftedClock::default());
        let hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let tls = Tls::load(source(folder.path()), hosts, clock.clone()).await;
        let tls = tls.expect("a certificate");
        let database = TestDatabase::sqlite();
        let engine = Engine::start(Parts {
            clock: clock.clone(),
            ..database.parts("https://localhost").await
        });
        let engine = engine.await.expect("the engine starts");
        let state = ServerState::new(engine, Site::load().expect("the site, or none"), None);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let running = Running::start_with(listener, state, Some(tls.clone()));
        Self {
            tls,
            running: running.expect("the server starts"),
            clock,
            folder,
            _database: database,
        }
    }

    async fn close(self) {
        self.running.stop().await;
    }

    /// Connects as a client that trusts these certificates and offers this protocol.
    async fn connect(
        &self,
        trusted_pem: &[u8],
        protocol: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(trusted_pem) {
            roots.add(certificate.expect("PEM")).expect("a root");
        }
        let mut config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.into()];
        let stream = TcpStream::connect(self.running.address).await?;
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).expect("the file is there")
    }
}

/// Asks for `/healthz` on an open connection and answers the status line.
async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(request).await.expect("it is sent");
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.expect("an answer");
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

fn certificate_of(stream: &TlsStream<TcpStream>) -> CertificateDer<'static> {
    let shown = stream.get_ref().1.peer_certificates().unwrap_or_default();
    shown.first().expect("a certificate").clone().into_owned()
}

fn own_authority(folder: &Path) -> TlsSource {
    TlsSource::SelfSigned {
        folder: folder.to_path_buf(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_trusts_ca_pem_speaks_http_1_and_2_and_nobody_else_does() {
    let door = Door::open(own_authority).await;
    let trusted = door.file("ca.pem");
    let mut stream = door.connect(&trusted, "http/1.1").await.expect("trusted");
    assert_eq!(ask(&mut stream).await, "HTTP/1.1 200 OK");
    let stream = door.connect(&trusted, "h2").await.expect("trusted");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let stranger = tempfile::tempdir().expect("a folder");
    let now = engine::ports::Clock::now(&*door.clock);
    self_signed::issue(stranger.path(), &["localhost".into()], now).expect("another authority");
    let other = fs::read(stranger.path().join("ca.pem")).expect("its certificate");
    assert!(door.connect(&other, "http/1.1").await.is_err());
    door.close().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_authoritys_key_is_for_its_owner_alone_and_half_a_pair_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let now = engine::ports::Clock::now(&ShiftedClock::default());
    let hosts = ["localhost".to_owned()];
    self_signed::issue(folder.path(), &hosts, now).expect("an authority");
    let key = folder.path().join("ca.key");
    let mode = fs::metadata(&key)
        .expect("it is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::remove_file(&key).expect("it is removed");
    let refused = self_signed::issue(folder.path(), &hosts, now);
    let said = refused.err().expect("half a pair").to_string();
    assert!(
        said.contains("ca.key") && said.contains("missing"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_own_certificate_is_renewed_in_time_and_the_authority_stays() {
    let door = Door::open(own_authority).await;
    let trusted = door.file("ca.pem");
    let first = door.connect(&trusted, "http/1.1").await.expect("trusted");
    door.clock.advance_seconds(59 * DAY);
    assert!(!door.tls.refresh().await.expect("a look"), "not yet");
    door.clock.advance_seconds(2 * DAY);
    assert!(
        door.tls.refresh().await.expect("a look"),
        "30 days before its end"
    );
    assert_eq!(door.file("ca.pem"), trusted);
    let issued = door.connect(&trusted, "http/1.1").await;
    // The new certificate begins in the server's future: a client of today does not take it yet.
    assert!(issued.is_err());
    drop(first);
    door.close().await;
}

fn files(folder: &Path) -> TlsSource {
    write_pair(folder, "first");
    TlsSource::Files {
        certificate: folder.join("chain.pem"),
        key: folder.join("key.pem"),
    }
}

/// Puts a pair from an authority of its own into the folder, as somebody else's tool would.
fn write_pair(folder: &Path, authority: &str) {
    let place = folder.join(authority);
    fs::create_dir_all(&place).expect("a folder");
    let now = engine::ports::Clock::now(&ShiftedClock::default());
    let issued = self_signed::issue(&place, &["localhost".into()], now).expect("a pair");
    fs::write(folder.join("chain.pem"), issued.chain_pem).expect("written");
    fs::write(folder.join("key.pem"), issued.key_pem).expect("written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_files_are_taken_by_new_connections_and_open_ones_go_on() {
    let door = Door::open(files).await;
    let folder = door.folder.path();
    let first_authority = door.file("first/ca.pem");
    let mut open = door
        .connect(&first_authority, "http/1.1")
        .await
        .expect("trusted");
    assert_eq!(ask(&mut open).await, "HTTP/1.1 200 OK");
    assert!(!door.tls.refresh().await.expect("a look"), "nothing is new");
    // The chain is new and the key is not yet: what is in use stays.
    let key = door.file("key.pem");
    write_pair(folder, "second");
    let new_key = door.file("key.pem");
    fs::write(folder.join("key.pem"), key).expect("written");
    let refused = door.tls.refresh().await.expect_err("half a pair");
    assert!(refused.to_string().contains("EXISONE_TLS_KEY"), "{refused}");
    let still = door
        .connect(&first_authority, "http/1.1")
        .await
        .expect("the first");
    assert_eq!(certificate_of(&still), certificate_of(&open));
    fs::write(folder.join("key.pem"), new_key).expect("written");
    assert!(door.tls.refresh().await.expect("a whole pair"));
    let second_authority = door.file("second/ca.pem");
    let new = door
        .connect(&second_authority, "http/1.1")
        .await
        .expect("the second");
    assert_ne!(certificate_of(&new), certificate_of(&open));
    assert_eq!(ask(&mut open).await, "HTTP/1.1 200 OK", "it goes on");
    door.close().await;
}
