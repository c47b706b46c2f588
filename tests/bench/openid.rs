//! OpenID Connect under load: introspection, keys, userinfo, tokens for a refresh token and for a code.
//!
//! The same calls by the same driver to three sides whose rounds alternate: Saoma, which keeps everything (SQLite,
//! PostgreSQL); npm's `oidc-provider`, one Node process that keeps everything in memory; and the bare handler, which
//! parses the form and answers what Saoma answered, word for word. On both sides one website (HTTP Basic, PKCE, id
//! tokens by ES256); codes and refresh tokens lie ready, and each is good once. Not in it: TLS.

mod opponent;
mod ours;
mod paint;

pub use paint::paint;

use crate::bare::Bare;
use crate::driver::{Call, Wire};
use crate::places::{Place, cpu_seconds};
use crate::report::Report;
use crate::rounds::{Ask, ROUNDS, Stock, median, rate};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use opponent::Opponent;
use ours::Ours;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, REDIRECT_URI};
use saoma_tests::visitor::VERIFIER;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Length of one round, and of the one before the first, which is not counted.
const ROUND: Duration = Duration::from_secs(1);
const WARM: Duration = Duration::from_millis(300);
/// Codes of each side: more than a round can redeem, for all its rounds.
const CODES: usize = 12_000;
/// What websites ask for.
const SCOPE: &str = "openid profile";

/// What a side has given before the load.
pub(crate) struct Given {
    access_token: String,
    codes: Vec<String>,
    refresh_tokens: Vec<String>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Introspection,
    Keys,
    UserInfo,
    Refresh,
    Code,
}

impl Subject {
    const ALL: [Self; 5] = [Self::Introspection, Self::Keys, Self::UserInfo, Self::Refresh, Self::Code];

    fn name(self) -> &'static str {
        match self {
            Self::Introspection => "introspection",
            Self::Keys => "keys (JWKS)",
            Self::UserInfo => "userinfo",
            Self::Refresh => "tokens by refresh",
            Self::Code => "tokens for a code",
        }
    }

    /// How many times as fast as the opponent.
    fn aim(self) -> Option<f64> {
        match self {
            Self::Introspection => Some(2.0),
            Self::Keys => Some(5.0),
            Self::UserInfo => None,
            Self::Refresh | Self::Code => Some(1.5),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Introspection => "/oauth2/introspect",
            Self::Keys => "/oauth2/jwks",
            Self::UserInfo => "/oauth2/userinfo",
            Self::Refresh | Self::Code => "/oauth2/token",
        }
    }

    /// What a side is asked that has given this.
    fn ask(self, given: &Given) -> Ask {
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET}")));
        let form = |body: &str| Call::form(self.path(), &[("authorization", &basic)], body);
        let once = |left: &[String], call, next| {
            Ask::Once(Stock { left: Arc::new(Mutex::new(left.to_vec())), call, next })
        };
        match self {
            Self::Introspection => Ask::Same(form(&format!("token={}", given.access_token))),
            Self::Keys => Ask::Same(Call::get(self.path(), &[])),
            Self::UserInfo => {
                let bearer = format!("Bearer {}", given.access_token);
                Ask::Same(Call::get(self.path(), &[("authorization", &bearer)]))
            }
            Self::Refresh => {
                let call = form("grant_type=refresh_token&refresh_token=");
                once(&given.refresh_tokens, call, Some("refresh_token"))
            }
            Self::Code => {
                let to: String = url::form_urlencoded::byte_serialize(REDIRECT_URI.as_bytes()).collect();
                let form = form(&format!(
                    "grant_type=authorization_code&code_verifier={VERIFIER}&redirect_uri={to}&code="
                ));
                once(&given.codes, form, None)
            }
        }
    }

    /// Whether this is the answer that was meant.
    fn check(self, answer: &Value) {
        let is_right = match self {
            Self::Introspection => answer["active"] == true && answer["client_id"] == CLIENT,
            Self::Keys => answer["keys"].as_array().is_some_and(|keys| keys.len() >= 3),
            Self::UserInfo => answer["name"].is_string(),
            Self::Refresh | Self::Code => {
                let header = jsonwebtoken::decode_header(answer["id_token"].as_str().unwrap_or_default());
                header.is_ok_and(|header| header.alg == jsonwebtoken::Algorithm::ES256)
            }
        };
        assert!(is_right, "{}: {answer}", self.name());
    }
}

/// Who is asked, and what.
struct Side<'a> {
    host: &'a str,
    pid: u32,
    ask: Ask,
}

/// What one side did.
struct Done {
    /// Answers a second.
    rate: f64,
    /// Milliseconds of its process's processor time an answer.
    cost: f64,
}

/// Measures all of it.
pub async fn openid(report: &mut Report) {
    let bare = Bare::start();
    let ours = [Ours::start(Place::Sqlite).await, Ours::start(Place::Postgres).await];
    let opponent = Opponent::start(&ours[0].claims().await);
    match &opponent {
        Ok(there) => report.line("the opponent", there.about.clone(), "one process, everything in memory"),
        Err(why) => report.line("the opponent", "skipped".to_owned(), why),
    }
    let opponent = opponent.ok();
    for subject in Subject::ALL {
        measure(report, subject, (&bare, opponent.as_ref(), &ours)).await;
    }
}

async fn measure(
    report: &mut Report,
    subject: Subject,
    (bare, opponent, ours): (&Bare, Option<&Opponent>, &[Ours]),
) {
    // Keys stand in memory: whatever the database, it is the same.
    let ours = if subject == Subject::Keys { &ours[..1] } else { ours };
    let mut sides: Vec<_> = ours
        .iter()
        .map(|own| Side { host: &own.served.public, pid: own.served.pid(), ask: subject.ask(&own.given) })
        .collect();
    sides.extend(opponent.map(|other| Side {
        host: &other.host,
        pid: other.pid(),
        ask: subject.ask(&other.given),
    }));
    let mut answers = Vec::new();
    for side in &sides {
        answers.push(once(side).await);
        subject.check(&answers[answers.len() - 1]);
    }
    bare.teach(subject.path(), &answers[0]).await;
    let same = subject.ask(&ours[0].given).next().unwrap().into_owned();
    sides.push(Side { host: &bare.host, pid: bare.pid(), ask: Ask::Same(same) });
    let mut done = rounds(&sides).await;
    let bare = done.pop().unwrap();
    let other = opponent.and_then(|_| done.pop());
    for (own, done) in ours.iter().zip(done) {
        tell(report, (subject, own.place), &done, (&bare, other.as_ref()));
    }
}

/// One answer of this side.
async fn once(side: &Side<'_>) -> Value {
    let call = side.ask.next().unwrap();
    let got = Wire::open(side.host).await.send(&call).await;
    assert!(got.status.is_success(), "{} {:?}", got.status, got.body);
    side.ask.heard(&got);
    got.json()
}

/// Rounds that alternate, so that all meet the same weather.
async fn rounds(sides: &[Side<'_>]) -> Vec<Done> {
    for side in sides {
        rate(side.host, &side.ask, WARM).await;
    }
    let mut seen: Vec<_> = sides.iter().map(|_| (Vec::new(), Vec::new())).collect();
    for _ in 0..ROUNDS {
        for (side, (rates, costs)) in sides.iter().zip(&mut seen) {
            let (before, began) = (cpu_seconds(side.pid), std::time::Instant::now());
            let rate = rate(side.host, &side.ask, ROUND).await;
            let answers = rate * began.elapsed().as_secs_f64();
            rates.push(rate);
            costs.push(1000.0 * (cpu_seconds(side.pid) - before) / answers);
        }
    }
    seen.into_iter().map(|(rates, costs)| Done { rate: median(rates), cost: median(costs) }).collect()
}

fn tell(
    report: &mut Report,
    (subject, place): (Subject, Place),
    own: &Done,
    (bare, other): (&Done, Option<&Done>),
) {
    let mut name = subject.name().to_owned();
    if subject != Subject::Keys {
        name = format!("{name}, {}", place.name());
    }
    if let Some(other) = other {
        let ratio = own.rate / other.rate;
        let aim = match subject.aim() {
            Some(aim) if ratio < aim => format!("MISSED: aim >= {aim}"),
            Some(aim) => format!("aim >= {aim}"),
            None => "no aim".to_owned(),
        };
        let note = format!("{aim}; processor time an answer {:.3} ms : {:.3} ms", own.cost, other.cost);
        let figure = format!("{ratio:.2}  ({:.0}/s : {:.0}/s)", own.rate, other.rate);
        report.line(&format!("{name} : oidc-provider"), figure, &note);
    }
    let figure = format!("{:.2}  ({:.0}/s : {:.0}/s)", own.rate / bare.rate, own.rate, bare.rate);
    let note = format!("no aim; processor time an answer {:.3} ms : {:.3} ms", own.cost, bare.cost);
    report.line(&format!("{name} : bare handler"), figure, &note);
}
