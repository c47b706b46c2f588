//! What one sandbox knows, behind one short lock: apps, persons, tokens, codes, and what each phone has open.
//! It keeps and finds; the rules of each call live in `vendor`, those of the phone in `control`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::accounts::{Accounts, Follow};
use crate::admission::Admissions;
use crate::chat::Chats;
use crate::clock::{Clock, Moment};
use crate::companion::Companion;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::links::Link;
use crate::model::{App, Person, openid};
use crate::push::log::Pushes;
use crate::push::send::Sender;
use crate::quota::{Limit, Meter};
use crate::recent::Recent;
use crate::tokens::Tokens;
use crate::web::Web;
use crate::wxacode::WxaCode;

const REMEMBERED_JS_CODES: usize = 20_000;
const REMEMBERED_CODES: usize = 2_000;
const REMEMBERED_PAGES: usize = 2_000;

/// What `wx.login`, or the phone-number button, gave, and to whom.
pub(crate) struct JsCode {
    pub(crate) appid: String,
    pub(crate) person: String,
    pub(crate) made: Moment,
    pub(crate) used: bool,
}

/// A code image that was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MadeCode {
    pub(crate) code: WxaCode,
    pub(crate) width: u16,
    pub(crate) made_at: Moment,
}

/// A mini-program page open on somebody's phone, after its scan was accepted.
#[derive(Clone)]
pub(crate) struct OpenPage {
    pub(crate) appid: String,
    pub(crate) companion_token: String,
    pub(crate) logo_url: Option<String>,
}

/// Everything that changes.
pub(crate) struct World {
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) persons: Vec<Person>,
    pub(crate) tokens: Tokens,
    pub(crate) js_codes: Recent<String, JsCode>,
    /// What the phone-number button gave.
    pub(crate) phone_codes: Recent<String, JsCode>,
    /// What links open, by their tickets.
    pub(crate) links: Recent<String, Link>,
    pub(crate) admissions: Admissions,
    pub(crate) codes: Recent<u64, MadeCode>,
    /// Scenes by the SHA-256 of their pictures, in base64url.
    pub(crate) pictures: Recent<String, String>,
    pub(crate) pages: Recent<(String, String), OpenPage>,
    pub(crate) meter: Meter,
    pub(crate) accounts: Accounts,
    pub(crate) chats: Chats,
    pub(crate) web: Web,
    /// How often each person changed their picture.
    pub(crate) avatar_changes: BTreeMap<String, u32>,
    /// Persons by app and openid, as far as they were asked for.
    openids: HashMap<(String, String), String>,
    codes_made: u64,
}

impl World {
    fn new() -> Self {
        Self {
            apps: BTreeMap::new(),
            persons: Vec::new(),
            tokens: Tokens::default(),
            js_codes: Recent::new(REMEMBERED_JS_CODES),
            phone_codes: Recent::new(REMEMBERED_CODES),
            links: Recent::new(REMEMBERED_CODES),
            admissions: Admissions::default(),
            codes: Recent::new(REMEMBERED_CODES),
            pictures: Recent::new(REMEMBERED_CODES),
            pages: Recent::new(REMEMBERED_PAGES),
            meter: Meter::default(),
            accounts: Accounts::default(),
            chats: Chats::default(),
            web: Web::default(),
            avatar_changes: BTreeMap::new(),
            openids: HashMap::new(),
            codes_made: 0,
        }
    }

    pub(crate) fn person(&self, id: &str) -> Option<&Person> {
        self.persons.iter().find(|person| person.id == id)
    }

    /// Adds a person, or replaces the one of that id where it stands.
    pub(crate) fn put_person(&mut self, person: Person) {
        match self.persons.iter_mut().find(|known| known.id == person.id) {
            Some(known) => *known = person,
            None => self.persons.push(person),
        }
    }

    /// Whose openid this is in that app. An openid cannot be read backwards, so all are worked out once.
    pub(crate) fn person_of_openid(&mut self, appid: &str, asked: &str) -> Option<String> {
        let key = (appid.to_owned(), asked.to_owned());
        if !self.openids.contains_key(&key) {
            let all = self.persons.iter().map(|person| (openid(appid, &person.id), person.id.clone()));
            self.openids.extend(all.map(|(openid, person)| ((appid.to_owned(), openid), person)));
        }
        self.openids.get(&key).cloned()
    }

    /// Counts one call of an app; a test number has a tenth of the quota.
    pub(crate) fn spend(&mut self, limit: Limit, appid: &str, subject: &str, now: Moment) -> bool {
        let part = if self.apps.get(appid).is_some_and(|app| app.test_account) { 10 } else { 1 };
        self.meter.spend((limit, part), subject, now)
    }

    /// Follows since then, or not at all.
    pub(crate) fn set_following(&mut self, appid: &str, person: &str, since: Option<Moment>) {
        match since {
            Some(since) => self.accounts.follow(appid, person, Follow { since, scene: None }),
            None => self.accounts.unfollow(appid, person),
        }
    }

    pub(crate) fn remember_code(&mut self, made: MadeCode) {
        self.codes_made += 1;
        self.codes.insert(self.codes_made, made);
    }

    /// The codes that were made after this many, and how many there are now.
    #[cfg(any(debug_assertions, feature = "conformance"))]
    pub(crate) fn codes_after(&self, known: u64) -> (Vec<WxaCode>, u64) {
        let newer = self.codes.newest_first().take_while(|(number, _)| **number > known);
        (newer.map(|(_, made)| made.code.clone()).collect(), self.codes_made)
    }

    /// Remembers what a picture shows, so that a load driver need not read it pixel by pixel.
    pub(crate) fn remember_picture(&mut self, picture: &[u8], scene: String) {
        self.pictures.insert(picture_digest(picture), scene);
    }

    /// The newest code that shows this scene.
    pub(crate) fn code_of_scene(&self, scene: &str, appid: Option<&str>) -> Option<&WxaCode> {
        let fits = |code: &WxaCode| code.scene == scene && appid.is_none_or(|appid| code.appid == appid);
        self.codes.newest_first().map(|(_, made)| &made.code).find(|code| fits(code))
    }

    /// `wx.login`: a fresh single-use code for one person in one app.
    pub(crate) fn wx_login(&mut self, appid: &str, person: &str, now: Moment, code: String) -> String {
        let login = JsCode { appid: appid.to_owned(), person: person.to_owned(), made: now, used: false };
        self.js_codes.insert(code.clone(), login);
        code
    }
}

/// One running sandbox.
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) dice: Dice,
    pub(crate) companion: Companion,
    pub(crate) stopping: CancellationToken,
    pub(crate) sender: Sender,
    /// Wakes the polls of qrconnect pages.
    pub(crate) page_moved: Notify,
    /// The sandbox's own origin.
    pub(crate) base: String,
    world: Mutex<World>,
    journal: Mutex<Journal>,
    faults: Mutex<Faults>,
    pushes: Mutex<Pushes>,
}

impl State {
    pub(crate) fn new(base: String, stopping: CancellationToken) -> Self {
        Self {
            clock: Clock::default(),
            dice: Dice::new(),
            companion: Companion::new(),
            stopping,
            sender: Sender::new(),
            page_moved: Notify::new(),
            base,
            world: Mutex::new(World::new()),
            journal: Mutex::new(Journal::default()),
            faults: Mutex::new(Faults::default()),
            pushes: Mutex::new(Pushes::default()),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    pub(crate) fn pushes(&self) -> MutexGuard<'_, Pushes> {
        lock(&self.pushes)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        lock(&self.faults)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn picture_digest(picture: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(picture))
}
