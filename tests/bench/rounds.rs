//! Rounds of load: so many connections that ask over and over, and how many answers a second that gives.

use crate::driver::{Call, Got, Wire};
use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Connections of one load.
pub const WORKERS: usize = 32;
/// Rounds of each subject; its figure is their median.
pub const ROUNDS: usize = 3;

/// What is asked.
#[derive(Clone)]
pub enum Ask {
    /// The same each time.
    Same(Call),
    /// With something that is good once.
    Once(Stock),
}

/// What is good once.
#[derive(Clone)]
pub struct Stock {
    /// What is left of it.
    pub left: Arc<Mutex<Vec<String>>>,
    /// The call that spends one, up to where it stands.
    pub call: Call,
    /// The field of an answer that holds another one.
    pub next: Option<&'static str>,
}

impl Ask {
    /// The next call; none when nothing is left.
    pub fn next(&self) -> Option<Cow<'_, Call>> {
        match self {
            Self::Same(call) => Some(Cow::Borrowed(call)),
            Self::Once(stock) => {
                let one = stock.left.lock().unwrap().pop()?;
                Some(Cow::Owned(stock.call.ending_with(&one)))
            }
        }
    }

    /// Takes from an answer what is good next.
    pub fn heard(&self, got: &Got) {
        if let Self::Once(Stock { left, next: Some(field), .. }) = self {
            left.lock().unwrap().push(got.json()[field].as_str().unwrap().to_owned());
        }
    }
}

/// Answers a second, for so long or until nothing is left to ask.
pub async fn rate(host: &str, ask: &Ask, time: Duration) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let worker = || {
        let (done, ask, host) = (Arc::clone(&done), ask.clone(), host.to_owned());
        tokio::spawn(async move {
            let mut wire = Wire::open(&host).await;
            while began.elapsed() < time {
                let Some(call) = ask.next() else { break };
                let got = wire.send(&call).await;
                assert!(got.status.is_success(), "{} {:?}", got.status, got.body);
                ask.heard(&got);
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    for worker in (0..WORKERS).map(|_| worker()).collect::<Vec<_>>() {
        worker.await.unwrap();
    }
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
