//! Addresses for servers that may be down for a while, or are started by another process.
//!
//! The system hands out ports too, to every outgoing connection and to whoever asks for "any". A port
//! of its range can be gone when a server that was stopped wants it back; so ours come from below it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// The first of ours. Linux hands out 32768 to 60999 (`net.ipv4.ip_local_port_range`).
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;
/// How far apart two processes begin, so that they seldom ask for the same.
const STEP: u16 = 40;

/// An address of this machine that nobody listens on, and that this process has not been given
/// for its last twelve thousand calls.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % u32::from(COUNT / STEP)).unwrap() * STEP;
    loop {
        let turn = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |turn| Some((turn + 1) % COUNT));
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + (start + turn.unwrap()) % COUNT));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
