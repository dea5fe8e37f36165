//! TLS by the server itself: whom its certificates convince, and that a new one comes without a break. It is long because
//! each test needs an authority, a server and a client that doubts.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::role::Role;
use domain::timestamp::Timestamp;
use engine::accounts::create_admin::{self, NewAdmin};
use engine::ports::Clock as _;
use engine::{Engine, Parts, tenants};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use server::assets::Site;
use server::boot::Running;
use server::state::ServerState;
use server::tls::{self, Tls, TlsSource, self_signed};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::database::TestDatabase;
use crate::harness::{ShiftedClock, eventually};

const DAY: i64 = 86_400;
/// How the world reaches the server.
const PUBLIC_HOST: &str = "licences.example";
const HERE: &str = "127.0.0.1:0";

/// A client's clock, which stands still.
#[derive(Debug)]
struct StoppedAt(Timestamp);

impl TimeProvider for StoppedAt {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.unix_seconds()).ok()?;
        let since_epoch = Duration::from_secs(seconds);
        Some(UnixTime::since_unix_epoch(since_epoch))
    }
}

/// A server that speaks TLS.
struct Door {
    tls: Tls,
    engine: Engine,
    running: Running,
    clock: Arc<ShiftedClock>,
    folder: tempfile::TempDir,
    _database: TestDatabase,
}

impl Door {
    /// A server whose certificate comes from this source in a folder of its own.
    async fn open(source: impl FnOnce(&Path) -> TlsSource) -> Self {
        let listener = TcpListener::bind(HERE).await.expect("a free port");
        Self::open_on(listener, source).await
    }

    /// The same on this listener.
    async fn open_on(listener: TcpListener, source: impl FnOnce(&Path) -> TlsSource) -> Self {
        Self::open_as(listener, source, |tls| tls).await
    }

    /// The same, where it looks at its certificate as often as `changed` says.
    async fn open_as(
        listener: TcpListener,
        source: impl FnOnce(&Path) -> TlsSource,
        changed: impl FnOnce(Tls) -> Tls,
    ) -> Self {
        aws_lc_rs::default_provider().install_default().ok();
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ShiftedClock::default());
        let public_url = format!("https://{PUBLIC_HOST}:8443");
        let hosts = tls::hosts(&public_url, listener.local_addr().expect("an address"));
        let tls = Tls::load(source(folder.path()), hosts, clock.clone()).await;
        let tls = changed(tls.expect("a certificate"));
        let database = TestDatabase::sqlite();
        let engine = Engine::start(Parts {
            clock: clock.clone(),
            ..database.parts(&public_url).await
        });
        let engine = engine.await.expect("the engine starts");
        let site = Site::load().expect("the site, or none");
        let state = ServerState::new(engine.clone(), site, None);
        let running = Running::start_with(listener, state, Some(tls.clone()));
        Self {
            tls,
            engine,
            running: running.expect("the server starts"),
            clock,
            folder,
            _database: database,
        }
    }

    async fn close(self) {
        self.running.stop().await;
    }

    /// The first authority, and a connection that trusts it and was answered.
    async fn first_connection(&self) -> (Vec<u8>, TlsStream<TcpStream>) {
        let authority = self.file("first/ca.pem");
        let opened = self.connect(&authority, "http/1.1").await;
        let mut open = opened.expect("trusted");
        assert_eq!(ask(&mut open).await, "HTTP/1.1 200 OK");
        (authority, open)
    }

    /// Connects as a client that trusts these certificates and offers this protocol.
    async fn connect(
        &self,
        trusted_pem: &[u8],
        protocol: &str,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        self.connect_as((trusted_pem, protocol), ("localhost", 0))
            .await
    }

    /// The same for a client that asks for this name, so many days from now.
    async fn connect_as(
        &self,
        (trusted_pem, protocol): (&[u8], &str),
        (name, days): (&str, i64),
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(trusted_pem) {
            roots.add(certificate.expect("PEM")).expect("a root");
        }
        let time = StoppedAt(ShiftedClock::default().now().plus_days(days));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ClientConfig::builder_with_details(provider, Arc::new(time))
            .with_safe_default_protocol_versions()
            .expect("versions that the provider knows")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.into()];
        let stream = TcpStream::connect(self.running.address).await?;
        let name = ServerName::try_from(name.to_owned()).expect("a name");
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
    let head = send(stream, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    head.lines().next().unwrap_or_default().to_owned()
}

/// Sends a request on an open connection; answers what came with the answer's head.
async fn send(stream: &mut TlsStream<TcpStream>, request: &str) -> String {
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is sent");
    let mut answer = Vec::new();
    while !answer.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read_buf(&mut answer).await.expect("an answer");
        assert!(read > 0, "the answer has a head");
    }
    String::from_utf8_lossy(&answer).into_owned()
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

/// Asks for `/healthz` in HTTP/2; answers status and body.
async fn ask_by_http_2(stream: TlsStream<TcpStream>) -> (u16, String) {
    let (client, connection) = h2::client::handshake(stream).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    let mut client = client.ready().await.expect("the server is ready");
    let request = http::Request::get("https://localhost/healthz").body(());
    let (answer, _) = client
        .send_request(request.expect("a request"), true)
        .expect("it is sent");
    let mut answer = answer.await.expect("an answer");
    let body = answer.body_mut().data().await.expect("a body");
    let body = String::from_utf8_lossy(&body.expect("its bytes")).into_owned();
    assert_eq!(answer.version(), http::Version::HTTP_2);
    connection.abort();
    (answer.status().as_u16(), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_trusts_ca_pem_speaks_http_1_and_2_and_nobody_else_does() {
    let door = Door::open(own_authority).await;
    let trusted = door.file("ca.pem");
    let mut stream = door.connect(&trusted, "http/1.1").await.expect("trusted");
    assert_eq!(ask(&mut stream).await, "HTTP/1.1 200 OK");
    let stream = door.connect(&trusted, "h2").await.expect("trusted");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(ask_by_http_2(stream).await, (200, "ok".into()));
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
    let at_day = |days| door.connect_as((&trusted, "http/1.1"), ("localhost", days));
    at_day(89).await.expect("it holds 90 days");
    assert!(at_day(95).await.is_err(), "and no longer");
    door.clock.advance_seconds(59 * DAY);
    assert!(!door.tls.refresh().await.expect("a look"), "not yet");
    door.clock.advance_seconds(2 * DAY);
    assert!(
        door.tls.refresh().await.expect("a look"),
        "30 days before its end"
    );
    assert_eq!(door.file("ca.pem"), trusted);
    let mut renewed = at_day(95).await.expect("trusted after the first one's end");
    assert_eq!(ask(&mut renewed).await, "HTTP/1.1 200 OK");
    assert_ne!(certificate_of(&renewed), certificate_of(&first));
    // The new certificate begins in the server's present: a client of 61 days before does not take it.
    assert!(at_day(0).await.is_err());
    door.close().await;
}

/// A listener for each way to this machine.
async fn listeners() -> Vec<TcpListener> {
    let mut listeners = vec![TcpListener::bind(HERE).await.expect("a free port")];
    match TcpListener::bind("[::1]:0").await {
        Ok(listener) => listeners.push(listener),
        Err(_) => println!("not by IPv6: this machine has none"),
    }
    listeners
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_own_certificate_convinces_by_each_name_of_this_machine_and_by_the_public_one() {
    for listener in listeners().await {
        let door = Door::open_on(listener, own_authority).await;
        let trusted = door.file("ca.pem");
        for name in ["localhost", "127.0.0.1", "::1", PUBLIC_HOST] {
            let stream = door.connect_as((&trusted, "http/1.1"), (name, 0)).await;
            let mut stream = stream.expect(name);
            assert_eq!(ask(&mut stream).await, "HTTP/1.1 200 OK", "{name}");
        }
        for name in ["other.example", "127.0.0.2", "sub.licences.example"] {
            let stream = door.connect_as((&trusted, "http/1.1"), (name, 0)).await;
            assert!(stream.is_err(), "{name}");
        }
        door.close().await;
    }
}

/// The lines with which an answer sets cookies.
fn cookies(head: &str) -> Vec<&str> {
    head.lines()
        .filter_map(|line| line.strip_prefix("set-cookie: "))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_the_session_s_cookie_never_travels_without_it() {
    let door = Door::open(own_authority).await;
    let tenant = tenants::create::execute(&door.engine, "Acme").await;
    let new = NewAdmin {
        tenant: tenant.expect("the tenant is created"),
        email: "ann@example.com",
        role: Role::Admin,
        password: &"correct horse battery staple".into(),
    };
    let created = create_admin::execute(&door.engine, &new).await;
    let _ = created.expect("the person is made");
    let trusted = door.file("ca.pem");
    let mut stream = door.connect(&trusted, "http/1.1").await.expect("trusted");
    let form = "email=ann%40example.com&password=correct+horse+battery+staple";
    let head = format!(
        "POST /ui/sign_in HTTP/1.1\r\nhost: {PUBLIC_HOST}\r\naccept: text/html\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        form.len()
    );
    let answer = send(&mut stream, &(head + form)).await;
    let cookies = cookies(&answer);
    let session = cookies.iter().find(|c| c.starts_with("__Host-exisone="));
    assert!(session.is_some(), "{answer}");
    for cookie in cookies {
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
        for wanted in ["Secure", "Path=/", "HttpOnly", "SameSite=Lax"] {
            assert!(attributes.contains(&wanted), "{wanted}: {cookie}");
        }
    }
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
    let (first_authority, mut open) = door.first_connection().await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_server_finds_new_files_by_itself_and_open_connections_go_on() {
    let listener = TcpListener::bind(HERE).await.expect("a free port");
    let often = |tls: Tls| tls.looking_every(Duration::from_millis(20));
    let door = Door::open_as(listener, files, often).await;
    let (first_authority, mut open) = door.first_connection().await;
    write_pair(door.folder.path(), "second");
    let second_authority = door.file("second/ca.pem");
    eventually("the new certificate is shown", async || {
        let new = door.connect(&second_authority, "http/1.1").await;
        new.is_ok_and(|new| certificate_of(&new) != certificate_of(&open))
    })
    .await;
    let former = door.connect(&first_authority, "http/1.1").await;
    assert!(former.is_err(), "the former one is shown no more");
    assert_eq!(ask(&mut open).await, "HTTP/1.1 200 OK", "it goes on");
    door.close().await;
}
