//! A vendor that has gone mad: it stands before the pretend WeChat, passes calls on, and answers the one it
//! is told to as no server should.
//!
//! It writes what it likes, byte by byte: no library would.

use bytes::Bytes;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it answers.
#[derive(Debug, Clone)]
pub enum Says {
    /// A status line and headers, then a body, and the end of the connection.
    Once(String, Bytes),
    /// The same, then `Bytes` again and again until nobody listens any more.
    Endless(String, Bytes),
    /// The same, one byte after the other with a pause before each.
    Slowly(String, Bytes),
    /// Nothing, and the connection stays open.
    Nothing,
    /// The connection is reset.
    Reset,
}

impl Says {
    /// A usual answer with this status and body.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        Self::Once(head, body)
    }

    /// The head of an answer with these headers.
    pub fn head(headers: &str) -> String {
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{headers}\r\n")
    }
}

#[derive(Default)]
struct Orders {
    leads_to: Mutex<Option<SocketAddr>>,
    says: Mutex<Option<(&'static str, Says)>>,
    taken: AtomicUsize,
}

/// The mad vendor; it goes with this value.
pub struct Hostile {
    /// Its address, without a trailing slash.
    pub base: String,
    orders: Arc<Orders>,
    task: JoinHandle<()>,
}

impl Hostile {
    /// Listens; `lead_to` says before whom.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let orders = Arc::new(Orders::default());
        let shared = Arc::clone(&orders);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { base, orders, task }
    }

    /// Passes on to this server.
    pub fn lead_to(&self, address: SocketAddr) {
        *self.orders.leads_to.lock().unwrap() = Some(address);
    }

    /// From now on calls of this path are answered so.
    pub fn say(&self, path: &'static str, says: Says) {
        self.orders.taken.store(0, Ordering::Relaxed);
        *self.orders.says.lock().unwrap() = Some((path, says));
    }

    /// Comes to its senses.
    pub fn calm_down(&self) {
        *self.orders.says.lock().unwrap() = None;
    }

    /// How many bytes of mad answers were taken from it since it was told what to say.
    pub fn taken(&self) -> usize {
        self.orders.taken.load(Ordering::Relaxed)
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One call on one connection; whoever hangs up ends it.
async fn serve(mut stream: TcpStream, orders: Arc<Orders>) {
    let Some(request) = read(&mut stream).await else { return };
    let text = String::from_utf8_lossy(&request);
    let path = text.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
    let says = orders.says.lock().unwrap().clone().filter(|(mad, _)| *mad == path);
    drop(match says {
        Some((_, says)) => answer(&mut stream, says, &orders.taken).await,
        None => {
            let address = orders.leads_to.lock().unwrap().unwrap();
            pass_on(&mut stream, &request, address).await
        }
    });
}

/// A whole request: its head, and as much body as it announces.
async fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if stream.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |text| text.trim().parse().unwrap());
        if request.len() >= end + 4 + length {
            return Some(request);
        }
    }
}

async fn pass_on(stream: &mut TcpStream, request: &[u8], to: SocketAddr) -> std::io::Result<()> {
    let mut there = TcpStream::connect(to).await?;
    let line = request.windows(2).position(|two| two == b"\r\n").unwrap() + 2;
    there.write_all(&[&request[..line], b"connection: close\r\n", &request[line..]].concat()).await?;
    tokio::io::copy(&mut there, stream).await?;
    Ok(())
}

async fn answer(stream: &mut TcpStream, says: Says, taken: &AtomicUsize) -> std::io::Result<()> {
    let write = async |stream: &mut TcpStream, bytes: &[u8]| {
        taken.fetch_add(bytes.len(), Ordering::Relaxed);
        stream.write_all(bytes).await
    };
    match says {
        Says::Once(head, body) => write(stream, &[head.as_bytes(), &body].concat()).await,
        Says::Endless(head, body) => {
            write(stream, head.as_bytes()).await?;
            loop {
                write(stream, &body).await?;
            }
        }
        Says::Slowly(head, body) => {
            write(stream, head.as_bytes()).await?;
            for byte in body {
                tokio::time::sleep(Duration::from_millis(100)).await;
                write(stream, &[byte]).await?;
            }
            Ok(())
        }
        Says::Nothing => stream.read(&mut [0]).await.map(|_| ()),
        Says::Reset => stream.set_zero_linger(),
    }
}
