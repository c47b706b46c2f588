//! What follows a confirmation while nobody waits: at most so many at the same time, for so long.
//!
//! When there is no room it is left: the next Login of that person comes here again. Nothing that is
//! logged names a person or an address.

use crate::tasks::Tasks;
use saoma_core::Clock;
use saoma_core::login::{Aftercare, Confirmed};
use saoma_core::user::{CareError, PeopleService};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// People cared for at the same time.
const AT_ONCE: usize = 16;
/// The longest it takes: a few calls of five seconds each.
const SECONDS: i64 = 20;

/// Cares in tasks of the server.
pub(crate) struct Care {
    people: Arc<PeopleService>,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
    room: Arc<Semaphore>,
}

impl Care {
    pub(crate) fn new(people: Arc<PeopleService>, clock: Arc<dyn Clock>, tasks: Tasks) -> Self {
        Self { people, clock, tasks, room: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Aftercare for Care {
    fn confirmed(&self, confirmed: Confirmed) {
        if !self.people.has_to_care(&confirmed) {
            return;
        }
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            tracing::info!(provider = %confirmed.provider, "no room to care for a person: left for the next login");
            return;
        };
        let (people, clock, stopping) =
            (Arc::clone(&self.people), Arc::clone(&self.clock), self.tasks.stopping());
        drop(self.tasks.spawn(async move {
            let too_late = clock.now().plus_seconds(SECONDS);
            tokio::select! {
                () = care(&people, &confirmed) => {}
                () = clock.sleep_until(too_late) => {
                    tracing::warn!(provider = %confirmed.provider, "caring for a person took too long");
                }
                () = stopping.cancelled() => {}
            }
            drop(place);
        }));
    }
}

async fn care(people: &PeopleService, confirmed: &Confirmed) {
    match people.link_late(confirmed).await {
        Ok(linked) => tracing::debug!(provider = %confirmed.provider, ?linked, "asked for late aliases"),
        Err(error) => log(confirmed, &error, "late aliases"),
    }
    match people.fetch_picture(confirmed).await {
        Ok(is_new) => tracing::debug!(provider = %confirmed.provider, is_new, "looked for a picture"),
        Err(error) => log(confirmed, &error, "a picture"),
    }
}

fn log(confirmed: &Confirmed, error: &CareError, what: &str) {
    tracing::warn!(provider = %confirmed.provider, %error, "a person's part was left: {what}");
}
