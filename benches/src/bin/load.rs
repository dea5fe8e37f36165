//! Sends signed webhooks, or the questions of shipped programs, over kept connections and prints what
//! came of it as one line of JSON. Loopback only. Requests are put together and signed before the clock
//! starts, so that the load costs the machine as little as it can.
#![expect(
    clippy::disallowed_methods,
    reason = "a load tool measures time; it is no part of the product"
)]

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let batches = match words.as_slice() {
        [
            "webhook",
            address,
            path,
            secret,
            product,
            connections,
            requests,
        ] => webhooks((address, path), (secret, product), (connections, requests)),
        ["ask", address, path, token, keys, connections, requests] => {
            questions((address, path), (token, keys), (connections, requests))
        }
        _ => {
            eprintln!(
                "load webhook ADDRESS PATH SECRET PRODUCT CONNECTIONS REQUESTS\n\
                 load ask ADDRESS PATH TOKEN KEYS_FILE CONNECTIONS REQUESTS"
            );
            std::process::exit(2);
        }
    };
    let address: SocketAddr = words[1].parse().expect("an address and a port");
    assert!(address.ip().is_loopback(), "load goes to loopback only");
    let requests: usize = batches.iter().map(Vec::len).sum();
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for batch in batches {
        tasks.spawn(send_all(address, batch));
    }
    let mut times = Vec::with_capacity(requests);
    let mut refused = 0;
    while let Some(done) = tasks.join_next().await {
        let (mut taken, bad) = done.expect("a connection ends well");
        times.append(&mut taken);
        refused += bad;
    }
    let took = start.elapsed();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    let answered = u32::try_from(times.len()).expect("a load is bounded");
    println!(
        "{}",
        json!({ "requests": times.len(), "refused": refused, "perSecond": f64::from(answered) / took.as_secs_f64(),
            "p50ms": at(50), "p99ms": at(99), "maxms": at(100) })
    );
}

/// What each connection sends.
type Batches = Vec<Vec<Vec<u8>>>;

fn counts((connections, requests): (&str, &str)) -> (usize, usize) {
    let connections = connections.parse().expect("a number of connections");
    let requests: usize = requests.parse().expect("a number of requests");
    (connections, requests / connections)
}

fn webhooks(
    (address, path): (&str, &str),
    (secret, product): (&str, &str),
    counted: (&str, &str),
) -> Batches {
    let (connections, each) = counts(counted);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let run = format!("{now}x{}", std::process::id());
    let sign = |c: usize, i: usize| {
        let body = body(&format!("{run}x{c}x{i}"), product, now);
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
        mac.update(format!("{now}.{body}").as_bytes());
        let v1 = hex::encode(mac.finalize().into_bytes());
        let header = format!("stripe-signature: t={now},v1={v1}");
        request((address, path), &header, &body)
    };
    (0..connections)
        .map(|c| (0..each).map(|i| sign(c, i)).collect())
        .collect()
}

/// What programs ask: the lines of the file in turn, each a key, a device and a product.
fn questions(
    (address, path): (&str, &str),
    (token, file): (&str, &str),
    counted: (&str, &str),
) -> Batches {
    let (connections, each) = counts(counted);
    let text = std::fs::read_to_string(file).expect("the keys' file");
    let header = format!("authorization: ExisOneApi {token}");
    let asked: Vec<Vec<u8>> = text
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            let mut field = || fields.next().expect("key, device, product");
            let body = json!({ "activationKey": field(), "hardwareId": field(), "productName": field(),
                "version": "1.0.0", "email": "holder@example.com" });
            request((address, path), &header, &body.to_string())
        })
        .collect();
    let ask = |n: usize| asked[n % asked.len()].clone();
    (0..connections)
        .map(|c| (0..each).map(|i| ask(i * connections + c)).collect())
        .collect()
}

/// A paid checkout session of one product, in Stripe's two-space layout.
fn body(id: &str, product: &str, now: u64) -> String {
    let event = json!({
        "id": format!("evt_{id}"), "object": "event", "api_version": "2026-09-30.endive", "created": now,
        "livemode": false, "type": "checkout.session.completed", "pending_webhooks": 1,
        "request": { "id": null, "idempotency_key": null },
        "data": { "object": {
            "id": format!("cs_test_{id}"), "object": "checkout.session", "mode": "payment",
            "payment_status": "paid", "status": "complete", "livemode": false, "currency": "usd",
            "amount_total": 4900, "payment_intent": format!("pi_{id}"), "customer_email": null,
            "customer_details": { "email": format!("buyer{id}@example.com"), "name": "A Buyer" },
            "metadata": { "productId": product, "quantity": "1" },
        } },
    });
    serde_json::to_string_pretty(&event).expect("JSON of our own")
}

fn request((address, path): (&str, &str), header: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         {header}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// One connection: sends each request after the answer to the one before. Answers each request's time
/// and how many were refused.
async fn send_all(address: SocketAddr, batch: Vec<Vec<u8>>) -> (Vec<Duration>, usize) {
    let mut stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    stream.set_nodelay(true).expect("a TCP socket");
    let mut buffer = vec![0_u8; 16 * 1024];
    let mut times = Vec::with_capacity(batch.len());
    let mut refused = 0;
    for request in batch {
        let start = Instant::now();
        stream.write_all(&request).await.expect("the server reads");
        let status = read_answer(&mut stream, &mut buffer).await;
        times.push(start.elapsed());
        refused += usize::from(status != 200);
    }
    (times, refused)
}

/// Reads one answer with a Content-Length and tells its status.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> u16 {
    let mut filled = 0;
    loop {
        let count = stream.read(&mut buffer[filled..]).await.expect("an answer");
        assert!(count > 0, "the server closed the connection");
        filled += count;
        let Some(head) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&buffer[..head]).expect("a head in ASCII");
        let length = text
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(0, |(_, value)| {
                value.trim().parse::<usize>().expect("a length")
            });
        if filled >= head + 4 + length {
            return text[9..12].parse().expect("a status");
        }
    }
}
