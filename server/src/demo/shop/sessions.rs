//! The shop's server-side sessions, in memory and bounded: the oldest makes room for the newest.
//!
//! A session id is 32 random bytes known to one browser. It is exchanged for a new one at login,
//! so an id that somebody planted before is worth nothing afterwards.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::tokens::Subject;

/// Sessions kept at most.
pub(super) const CAPACITY: usize = 10_000;
/// Attempts remembered in one session: every refreshed code and every open tab is one.
const ATTEMPTS: usize = 8;

/// One attempt to log in, between showing a code and the callback.
#[derive(Clone)]
pub(super) struct Attempt {
    /// Comes back with the callback and proves that this browser began.
    pub(super) state: String,
    /// The PKCE verifier, sent to the token endpoint only.
    pub(super) verifier: String,
    /// The way that was chosen, by its slug at Saoma; to tell the visitor later.
    pub(super) way: String,
}

/// Who is logged in.
#[derive(Clone)]
pub(super) struct User {
    /// Saoma's stable id of the person, and of the session there that the login belongs to.
    pub(super) subject: Subject,
    /// A name, when the person has given one.
    pub(super) name: Option<String>,
    /// The way that was used.
    pub(super) way: String,
}

#[derive(Default)]
struct Session {
    attempts: VecDeque<Attempt>,
    user: Option<User>,
}

#[derive(Default)]
struct Shelf {
    sessions: HashMap<String, Session>,
    oldest_first: VecDeque<String>,
}

/// All sessions of the shop.
pub(super) struct Sessions {
    capacity: usize,
    shelf: Mutex<Shelf>,
}

impl Sessions {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, shelf: Mutex::default() }
    }

    /// The session `id`, or `fresh` opened when `id` names none. Returns the id in force.
    pub(super) fn keep(&self, id: Option<&str>, fresh: String) -> String {
        self.lock().keep(id, fresh, self.capacity)
    }

    /// Remembers an attempt in the session that `keep` would give.
    pub(super) fn remember(&self, id: Option<&str>, fresh: String, attempt: Attempt) -> String {
        let mut held = self.lock();
        let id = held.keep(id, fresh, self.capacity);
        if let Some(session) = held.sessions.get_mut(&id) {
            if session.attempts.len() == ATTEMPTS {
                session.attempts.pop_front();
            }
            session.attempts.push_back(attempt);
        }
        id
    }

    /// Takes the attempt that `state` belongs to; it can be taken once, by the browser that began it.
    pub(super) fn take_attempt(&self, id: Option<&str>, state: &str) -> Option<Attempt> {
        let mut held = self.lock();
        let attempts = &mut held.sessions.get_mut(id?)?.attempts;
        let at = attempts.iter().position(|attempt| attempt.state == state)?;
        attempts.remove(at)
    }

    /// Ends the session `old` and opens `fresh` for the user.
    pub(super) fn sign_in(&self, old: Option<&str>, fresh: String, user: User) -> String {
        let mut held = self.lock();
        if let Some(old) = old {
            held.close(old);
        }
        let id = held.open(fresh, self.capacity);
        if let Some(session) = held.sessions.get_mut(&id) {
            session.user = Some(user);
        }
        id
    }

    pub(super) fn user(&self, id: Option<&str>) -> Option<User> {
        self.lock().sessions.get(id?)?.user.clone()
    }

    pub(super) fn end(&self, id: &str) {
        self.lock().close(id);
    }

    /// Ends what the person has here: of one session at Saoma, or everything when none is named.
    pub(super) fn end_of(&self, ended: &Subject) {
        let mut held = self.lock();
        let theirs = |user: &User| {
            let of_another =
                ended.sid.is_some() && user.subject.sid.is_some() && user.subject.sid != ended.sid;
            user.subject.sub == ended.sub && !of_another
        };
        let over = held.sessions.iter().filter(|(_, session)| session.user.as_ref().is_some_and(theirs));
        let over: Vec<String> = over.map(|(id, _)| id.clone()).collect();
        for id in over {
            held.close(&id);
        }
    }

    // Every change is complete before the lock is released, so a poisoned shelf is still in order.
    fn lock(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelf {
    fn keep(&mut self, id: Option<&str>, fresh: String, capacity: usize) -> String {
        match id.filter(|id| self.sessions.contains_key(*id)) {
            Some(id) => id.to_owned(),
            None => self.open(fresh, capacity),
        }
    }

    fn open(&mut self, id: String, capacity: usize) -> String {
        while self.sessions.len() >= capacity {
            let Some(oldest) = self.oldest_first.pop_front() else { break };
            self.sessions.remove(&oldest);
        }
        self.sessions.insert(id.clone(), Session::default());
        self.oldest_first.push_back(id.clone());
        id
    }

    fn close(&mut self, id: &str) {
        self.sessions.remove(id);
        self.oldest_first.retain(|other| other != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(state: &str) -> Attempt {
        Attempt { state: state.into(), verifier: "v".into(), way: "mini".into() }
    }

    fn user() -> User {
        user_of("usr_1", Some("s1"))
    }

    fn user_of(sub: &str, sid: Option<&str>) -> User {
        User { subject: subject(sub, sid), name: None, way: "mini".into() }
    }

    fn subject(sub: &str, sid: Option<&str>) -> Subject {
        Subject { sub: sub.into(), sid: sid.map(Into::into) }
    }

    #[test]
    fn the_oldest_session_makes_room() {
        let sessions = Sessions::new(2);
        for id in ["a", "b", "c"] {
            sessions.remember(None, id.into(), attempt(id));
        }
        assert_eq!(sessions.lock().sessions.len(), 2);
        assert!(sessions.take_attempt(Some("a"), "a").is_none());
        assert!(sessions.take_attempt(Some("c"), "c").is_some());
    }

    #[test]
    fn attempts_of_one_session_are_bounded() {
        let sessions = Sessions::new(2);
        for n in 0..=ATTEMPTS {
            sessions.remember(Some("a"), "a".into(), attempt(&n.to_string()));
        }
        assert!(sessions.take_attempt(Some("a"), "0").is_none());
        assert!(sessions.take_attempt(Some("a"), "1").is_some());
    }

    #[test]
    fn an_attempt_is_taken_once_and_by_its_own_browser() {
        let sessions = Sessions::new(4);
        sessions.remember(None, "a".into(), attempt("s"));
        sessions.remember(None, "b".into(), attempt("t"));
        assert!(sessions.take_attempt(Some("b"), "s").is_none());
        assert!(sessions.take_attempt(None, "s").is_none());
        assert!(sessions.take_attempt(Some("a"), "s").is_some());
        assert!(sessions.take_attempt(Some("a"), "s").is_none());
    }

    #[test]
    fn an_unknown_id_is_never_adopted() {
        let sessions = Sessions::new(4);
        assert_eq!(sessions.remember(Some("planted"), "fresh".into(), attempt("s")), "fresh");
    }

    #[test]
    fn a_logout_elsewhere_ends_the_session_it_names_or_all_of_the_person() {
        let left_by = |ended: Subject| {
            let sessions = Sessions::new(8);
            let all = [
                ("a", "usr_1", Some("s1")),
                ("b", "usr_1", Some("s2")),
                ("c", "usr_1", None),
                ("d", "usr_2", Some("s1")),
            ];
            for (id, sub, sid) in all {
                sessions.sign_in(None, id.into(), user_of(sub, sid));
            }
            sessions.end_of(&ended);
            all.map(|(id, ..)| id)
                .into_iter()
                .filter(|id| sessions.user(Some(id)).is_some())
                .collect::<String>()
        };
        // Of which session the third is nobody knows: it ends, to be safe.
        assert_eq!(left_by(subject("usr_1", Some("s1"))), "bd");
        assert_eq!(left_by(subject("usr_1", None)), "d");
        assert_eq!(left_by(subject("usr_3", None)), "abcd");
    }

    #[test]
    fn signing_in_changes_the_id_and_ends_the_old_one() {
        let sessions = Sessions::new(4);
        sessions.remember(None, "before".into(), attempt("s"));
        let id = sessions.sign_in(Some("before"), "after".into(), user());
        assert_eq!(id, "after");
        assert!(sessions.user(Some("before")).is_none());
        assert!(sessions.user(Some("after")).is_some());
        assert_eq!(sessions.lock().oldest_first, ["after"]);
        sessions.end("after");
        assert!(sessions.user(Some("after")).is_none());
    }
}
