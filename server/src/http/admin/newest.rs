//! The newest Logins as they happen, for whoever has a page open. A stream looks by itself every other
//! second; it ends with the session it began with, and there are only so many at once.

use super::names::Names;
use super::visit::Visitor;
use super::{Admin, cookies};
use crate::http::browser::bearer;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use poem::Request;
use saoma_core::Secret;
use saoma_core::admin::abilities::ReadLogins;
use saoma_core::admin::{Permit, Visit};
use saoma_core::logbook::{Attempt, LoginFilter};
use saoma_core::page::PageRequest;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// Seconds between two looks.
const LOOK_SECONDS: i64 = 2;
/// How many Logins are shown.
pub(super) const SHOWN: u16 = 10;
/// The newest Logins, and what is called how.
pub(super) struct Newest {
    pub(super) attempts: Vec<Attempt>,
    pub(super) names: Names,
}

/// A place among the streams; dropped with its stream.
pub(super) struct Place(#[expect(dead_code, reason = "its drop is its use")] OwnedSemaphorePermit);

impl Place {
    /// One of the free ones.
    pub(super) fn take(admin: &Admin) -> Option<Self> {
        Arc::clone(&admin.streams).try_acquire_owned().ok().map(Self)
    }
}

/// What the reader came with.
enum Held {
    Session(Secret),
    Token(Secret),
}

/// One reader.
pub(super) struct Follower {
    admin: Arc<Admin>,
    permit: Permit<ReadLogins>,
    held: Held,
    visit: Visit,
    /// Ids and versions of what was sent last.
    seen: Option<Vec<(String, i64)>>,
    _place: Place,
}

impl Follower {
    /// Whoever sent this request and was let in; none when they came with nothing.
    pub(super) fn new(
        request: &Request,
        admin: &Arc<Admin>,
        permit: Permit<ReadLogins>,
        place: Place,
    ) -> Option<Self> {
        let session = || cookies::session(request, &admin.settings).map(Held::Session);
        let held = bearer(request).map(Held::Token).or_else(session)?;
        let visit = Visitor::new(request, admin).visit;
        Some(Self { admin: Arc::clone(admin), permit, held, visit, seen: None, _place: place })
    }

    /// What is there, then each change.
    pub(super) fn changes(self) -> BoxStream<'static, Newest> {
        stream::unfold(self, |mut follower| async move {
            let newest = follower.next().await?;
            Some((newest, follower))
        })
        .boxed()
    }

    /// The next change; none when the stream must end: the server stops, the session is over, a role or a
    /// token was taken away, or the store fails.
    async fn next(&mut self) -> Option<Newest> {
        let stopping = self.admin.public.stopping();
        loop {
            if self.seen.is_some() {
                let until = self.admin.public.clock.now().plus_seconds(LOOK_SECONDS);
                tokio::select! {
                    () = self.admin.public.clock.sleep_until(until) => {}
                    () = stopping.cancelled() => return None,
                }
                self.renew().await?;
            }
            let (all, first) = (LoginFilter::default(), PageRequest::first(SHOWN));
            let attempts = self.admin.logbook.list(&self.permit, &all, &first).await.ok()?.items;
            let seen: Vec<_> =
                attempts.iter().map(|attempt| (attempt.id.to_string(), attempt.version)).collect();
            if self.seen.as_ref() != Some(&seen) {
                self.seen = Some(seen);
                let names = Names::load(&self.admin, self.permit.shared_caller()).await.ok()?;
                return Some(Newest { attempts, names });
            }
        }
    }

    /// The permit as it would be given now. Looking is no use of the session: it still ends in time.
    async fn renew(&mut self) -> Option<()> {
        let now = self.admin.public.clock.now();
        let admins = &self.admin.admins;
        let caller = match &self.held {
            Held::Session(session) => admins.peek_caller(session.expose(), &self.visit).await,
            Held::Token(token) => admins.find_token_caller(token, &self.visit).await,
        };
        let caller = caller.ok()??;
        self.permit = caller.may(now).ok()?;
        Some(())
    }
}
