//! Counts data statements, so that a test can hold a whole login to its budget.
//!
//! Every statement is an event, BEGIN and COMMIT are one more event each: taking those off leaves
//! the data. No statement's text is looked at, so counting costs two atomic additions.

use diesel::connection::{Instrumentation, InstrumentationEvent};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

#[derive(Default)]
pub(crate) struct Statements(AtomicI64);

impl Statements {
    pub(crate) fn so_far(&self) -> u64 {
        u64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(0)
    }
}

/// What a connection reports to.
pub(crate) struct Counter(pub(crate) Arc<Statements>);

impl Instrumentation for Counter {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let change = match event {
            InstrumentationEvent::StartQuery { .. } => 1,
            InstrumentationEvent::BeginTransaction { .. }
            | InstrumentationEvent::CommitTransaction { .. }
            | InstrumentationEvent::RollbackTransaction { .. } => -1,
            _ => 0,
        };
        self.0.0.fetch_add(change, Ordering::Relaxed);
    }
}
