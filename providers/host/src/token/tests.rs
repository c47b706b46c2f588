//! The keeper alone, with a clock moved by hand and a vendor that answers from a script.

use super::*;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::future::join_all;
use saoma_core::entropy::SystemEntropy;
use saoma_core::id::LoginId;
use saoma_core::provider::{CallError, Image, Kind, Step, VendorRequest, VendorResponse};
use saoma_core::time::ManualClock;
use saoma_core::{Entropy, Secret};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Semaphore;

/// A host that a mint has no use for.
struct NoHost;

#[async_trait]
impl Host for NoHost {
    async fn call(&self, _request: VendorRequest) -> Result<VendorResponse, CallError> {
        Ok(VendorResponse { status: 404, body: Bytes::new(), date: None })
    }
    async fn app_token(&self, _mint: &dyn Mint) -> Result<AppToken, ProviderError> {
        Err(busy())
    }
    fn reject_app_token(&self, _refused: &AppToken) {}
    fn image(&self, _login: &LoginId) -> Option<Image> {
        None
    }
    fn keep_image(&self, _login: &LoginId, _image: Image) {}
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
    async fn pause(&self, _millis: u32) {}
    fn entropy(&self) -> &dyn Entropy {
        &SystemEntropy
    }
}

fn busy() -> ProviderError {
    ProviderError::silent(Step::AppToken, Kind::Unavailable)
}

/// Mints `token-1`, `token-2`, … or fails, each time after a permit.
struct Vendor {
    calls: AtomicU32,
    works: Mutex<bool>,
    lives: AtomicU32,
    gate: Semaphore,
}

impl Vendor {
    fn new(lives: u32) -> Self {
        let gate = Semaphore::new(1_000);
        Self { calls: AtomicU32::new(0), works: Mutex::new(true), lives: AtomicU32::new(lives), gate }
    }
    fn works(&self, works: bool) {
        *self.works.lock().unwrap() = works;
    }
    fn calls(&self) -> u32 {
        self.calls.load(Ordering::SeqCst)
    }
    fn close_gate(&self) {
        self.gate.forget_permits(1_000);
    }
}

#[async_trait]
impl Mint for Vendor {
    async fn mint(&self, _host: &dyn Host) -> Result<Minted, ProviderError> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let _permit = self.gate.acquire().await.unwrap();
        if !*self.works.lock().unwrap() {
            return Err(busy());
        }
        let expires_in = self.lives.load(Ordering::SeqCst);
        Ok(Minted { value: Secret::new(format!("token-{call}")), expires_in })
    }
}

fn keeper() -> (Arc<ManualClock>, TokenKeeper) {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let keeper = TokenKeeper::new(Arc::clone(&clock) as _);
    (clock, keeper)
}

async fn value(keeper: &TokenKeeper, vendor: &Vendor) -> String {
    keeper.get(&NoHost, vendor).await.unwrap().value.expose().to_owned()
}

#[tokio::test]
async fn two_hundred_callers_cause_one_mint() {
    let (_clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    vendor.close_gate();
    let callers = join_all((0..200).map(|_| value(&keeper, &vendor)));
    let opened = async { vendor.gate.add_permits(1_000) };
    let (values, ()) = tokio::join!(callers, opened);
    assert!(values.iter().all(|value| value == "token-1"));
    assert_eq!(vendor.calls(), 1);
}

#[tokio::test]
async fn near_its_end_one_caller_refreshes_and_the_others_go_on() {
    let (clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    value(&keeper, &vendor).await;
    clock.advance_seconds(7200 - 291);
    assert_eq!((value(&keeper, &vendor).await.as_str(), vendor.calls()), ("token-1", 1));
    clock.advance_seconds(1);
    vendor.close_gate();
    let refreshing = value(&keeper, &vendor);
    let others = async {
        let values = join_all((0..50).map(|_| value(&keeper, &vendor))).await;
        vendor.gate.add_permits(1_000);
        values
    };
    let (renewed, others) = tokio::join!(refreshing, others);
    assert_eq!((renewed.as_str(), vendor.calls()), ("token-2", 2));
    assert!(others.iter().all(|value| value == "token-1"));
}

#[tokio::test]
async fn a_failed_refresh_is_invisible_and_rests_a_second() {
    let (clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    value(&keeper, &vendor).await;
    clock.advance_seconds(7200 - 100);
    vendor.works(false);
    for _ in 0..3 {
        assert_eq!(value(&keeper, &vendor).await, "token-1");
    }
    assert_eq!(vendor.calls(), 2);
    clock.advance_millis(1_000);
    vendor.works(true);
    assert_eq!(value(&keeper, &vendor).await, "token-3");
}

#[tokio::test]
async fn an_expired_token_is_never_used() {
    let (clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    value(&keeper, &vendor).await;
    vendor.works(false);
    clock.advance_seconds(7200);
    assert_eq!(keeper.get(&NoHost, &vendor).await.unwrap_err(), busy());
}

#[tokio::test]
async fn a_refusal_forgets_only_the_token_it_is_about() {
    let (_clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    let first = keeper.get(&NoHost, &vendor).await.unwrap();
    keeper.reject(&first);
    let second = keeper.get(&NoHost, &vendor).await.unwrap();
    assert!(second.generation > first.generation);
    for _ in 0..200 {
        keeper.reject(&first);
    }
    assert_eq!((value(&keeper, &vendor).await.as_str(), vendor.calls()), ("token-2", 2));
}

#[tokio::test]
async fn the_same_token_again_keeps_its_generation() {
    struct Same;
    #[async_trait]
    impl Mint for Same {
        async fn mint(&self, _host: &dyn Host) -> Result<Minted, ProviderError> {
            Ok(Minted { value: Secret::new("same"), expires_in: 7200 })
        }
    }
    let (clock, keeper) = keeper();
    let first = keeper.get(&NoHost, &Same).await.unwrap();
    clock.advance_seconds(7000);
    let again = keeper.get(&NoHost, &Same).await.unwrap();
    assert_eq!(first.generation, again.generation);
}

#[tokio::test]
async fn a_failed_mint_answers_all_who_waited_and_rests_a_second() {
    let (clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    vendor.works(false);
    vendor.close_gate();
    let callers = join_all((0..200).map(|_| keeper.get(&NoHost, &vendor)));
    let opened = async {
        // The failure is old by the time the last of them is answered.
        clock.advance_seconds(9);
        vendor.gate.add_permits(1_000);
    };
    let (outcomes, ()) = tokio::join!(callers, opened);
    assert!(outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(|error| *error == busy())));
    assert!(keeper.get(&NoHost, &vendor).await.is_err());
    assert_eq!(vendor.calls(), 1);
    vendor.works(true);
    clock.advance_millis(1_000);
    assert_eq!(value(&keeper, &vendor).await, "token-2");
}

#[tokio::test]
async fn a_clock_set_back_does_not_keep_a_failure_alive() {
    let (clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    vendor.works(false);
    assert!(keeper.get(&NoHost, &vendor).await.is_err());
    vendor.works(true);
    clock.advance_seconds(-600);
    assert_eq!(value(&keeper, &vendor).await, "token-2");
}

#[tokio::test]
async fn when_the_minting_caller_goes_away_the_next_takes_over() {
    let (_clock, keeper) = keeper();
    let vendor = Vendor::new(7200);
    vendor.close_gate();
    let mut leaving = Box::pin(value(&keeper, &vendor));
    assert!(futures_util::poll!(&mut leaving).is_pending());
    let staying = join_all((0..20).map(|_| value(&keeper, &vendor)));
    let drama = async {
        drop(leaving);
        vendor.gate.add_permits(1_000);
    };
    let (values, ()) = tokio::join!(staying, drama);
    assert!(values.iter().all(|value| value == "token-2"));
    assert_eq!(vendor.calls(), 2);
}

#[tokio::test]
async fn a_short_life_is_refreshed_at_its_half() {
    let (clock, keeper) = keeper();
    let vendor = Vendor::new(60);
    value(&keeper, &vendor).await;
    clock.advance_seconds(29);
    assert_eq!(value(&keeper, &vendor).await, "token-1");
    clock.advance_seconds(1);
    assert_eq!(value(&keeper, &vendor).await, "token-2");
}
