//! A host that answers from a script, remembers what was asked, and lets time pass only in pauses.

use async_trait::async_trait;
use bytes::Bytes;
use saoma_core::entropy::SeededEntropy;
use saoma_core::id::LoginId;
use saoma_core::login::Scene;
use saoma_core::provider::{
    AppToken, CallError, Challenge, Host, Image, LoginStart, LoginView, Mint, ProbeDepth, ProbeOrder,
    ProbeReport, ProviderError, RawInbound, SiteView, VendorRequest, VendorResponse,
};
use saoma_core::{Entropy, Timestamp};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

pub(crate) const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture";
pub(crate) const TOKEN: &[u8] = br#"{"access_token":"7_token","expires_in":7200}"#;
pub(crate) const APPID: &str = "wx0123456789abcdef";
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A state of ours, as it comes back.
pub(crate) const STATE: &str = "0123456789abcdefghijABCDEFGHIJ01";

/// What is left of a quota.
pub(crate) const QUOTA: &[u8] =
    br#"{"errcode":0,"errmsg":"ok","quota":{"daily_limit":100000,"used":5,"remain":99995},"rate_limit":{}}"#;

/// A probe of this depth, by a server at login.example.
pub(crate) fn order(depth: ProbeDepth) -> ProbeOrder {
    ProbeOrder { depth, callback: "https://login.example/callback/wx".parse().unwrap() }
}

/// What was found, as `standing code, …`.
pub(crate) fn shape(report: &ProbeReport) -> String {
    let words = report.0.iter().map(|finding| format!("{} {}", finding.standing.as_str(), finding.code));
    words.collect::<Vec<_>>().join(", ")
}

type Answer = Result<VendorResponse, CallError>;

/// A Login with a code.
pub(crate) fn view() -> LoginView {
    let entropy = SeededEntropy::new(1);
    LoginView {
        login_id: LoginId::generate(&entropy),
        scene: Scene::generate(&entropy),
        challenge: Challenge::QrImage { open_url: None },
        private: None,
        number: None,
        subject: None,
        site: SiteView {
            name: "Demo Shop".to_owned(),
            domain: "shop.example".to_owned(),
            browser: Some("Firefox, Windows".to_owned()),
            locale: Some("zh-CN".to_owned()),
        },
        expires_at: Timestamp(0),
    }
}

/// The same, about to begin in this browser.
pub(crate) fn start(login: &LoginView, user_agent: Option<&str>) -> LoginStart {
    LoginStart {
        login_id: login.login_id.clone(),
        scene: login.scene.clone(),
        state: STATE.parse().unwrap(),
        callback: "https://login.example/callback/wx?a=1&b=扫".parse().unwrap(),
        user_agent: user_agent.map(str::to_owned),
        locale: None,
    }
}

/// The query of a callback.
pub(crate) fn callback(pairs: &[(&str, &str)]) -> RawInbound {
    RawInbound::Callback { query: query(pairs) }
}

/// A query.
pub(crate) fn query(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub(crate) struct ScriptedHost {
    script: Mutex<VecDeque<(Answer, i64)>>,
    sent: Mutex<Vec<VendorRequest>>,
    token: Mutex<Option<AppToken>>,
    generation: AtomicU64,
    images: Mutex<HashMap<LoginId, Image>>,
    now: AtomicI64,
    pub(crate) paused: Mutex<Vec<u32>>,
    entropy: SeededEntropy,
}

/// An answer with status 200.
pub(crate) fn ok(body: &[u8]) -> Answer {
    status(200, body)
}

#[expect(clippy::unnecessary_wraps, reason = "scripts hold answers and failed calls alike")]
pub(crate) fn status(status: u16, body: &[u8]) -> Answer {
    Ok(VendorResponse { status, body: Bytes::copy_from_slice(body), date: None })
}

/// A refusal as WeChat words it.
pub(crate) fn errcode(code: i64) -> Answer {
    ok(format!(r#"{{"errcode":{code},"errmsg":"no, rid: 652d44d0-1d0af18b-5b069232"}}"#).as_bytes())
}

impl ScriptedHost {
    /// These answers, in this order, each at once.
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self::slow(0, answers)
    }

    /// A host that is asked nothing, at this time in seconds.
    pub(crate) fn at(seconds: i64) -> Self {
        let host = Self::new([]);
        host.now.store(seconds * 1000, Ordering::SeqCst);
        host
    }

    /// These answers, in this order, each after so many milliseconds.
    pub(crate) fn slow(millis: i64, answers: impl IntoIterator<Item = Answer>) -> Self {
        Self {
            script: Mutex::new(answers.into_iter().map(|answer| (answer, millis)).collect()),
            sent: Mutex::default(),
            token: Mutex::default(),
            generation: AtomicU64::new(0),
            images: Mutex::default(),
            now: AtomicI64::new(1_000),
            paused: Mutex::default(),
            entropy: SeededEntropy::new(5),
        }
    }

    /// The last parts of the paths that were called, in order; nothing of the script may be left.
    pub(crate) fn calls(&self) -> Vec<String> {
        assert!(self.script.lock().unwrap().is_empty(), "answers are left over");
        let last = |request: &VendorRequest| request.url.path().rsplit('/').next().unwrap().to_owned();
        self.sent.lock().unwrap().iter().map(last).collect()
    }

    pub(crate) fn sent(&self, index: usize) -> VendorRequest {
        self.sent.lock().unwrap()[index].clone()
    }
}

#[async_trait]
impl Host for ScriptedHost {
    async fn call(&self, request: VendorRequest) -> Answer {
        self.sent.lock().unwrap().push(request);
        let (answer, millis) = self.script.lock().unwrap().pop_front().expect("a call beyond the script");
        self.now.fetch_add(millis, Ordering::SeqCst);
        answer
    }

    async fn app_token(&self, mint: &dyn Mint) -> Result<AppToken, ProviderError> {
        if let Some(token) = self.token.lock().unwrap().clone() {
            return Ok(token);
        }
        let minted = mint.mint(self).await?;
        let generation = self.generation.fetch_add(1, Ordering::SeqCst) + 1;
        let token = AppToken { value: minted.value, generation };
        *self.token.lock().unwrap() = Some(token.clone());
        Ok(token)
    }

    fn reject_app_token(&self, refused: &AppToken) {
        self.token.lock().unwrap().take_if(|token| token.generation == refused.generation);
    }

    fn image(&self, login: &LoginId) -> Option<Image> {
        self.images.lock().unwrap().get(login).cloned()
    }

    fn keep_image(&self, login: &LoginId, image: Image) {
        self.images.lock().unwrap().insert(login.clone(), image);
    }

    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }

    async fn pause(&self, millis: u32) {
        self.paused.lock().unwrap().push(millis);
        self.now.fetch_add(i64::from(millis), Ordering::SeqCst);
    }

    fn entropy(&self) -> &dyn Entropy {
        &self.entropy
    }
}
