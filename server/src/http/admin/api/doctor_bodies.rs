//! What the doctor is told and what it says.

use poem_openapi::{Enum, Object};
use saoma_core::doctor::Rehearsal;
use saoma_core::login::{Login, Stage};
use saoma_core::provider::{
    Challenge, Fact, Finding, LocalText, ProbeDepth, ProbeReport, ProviderSlug, Standing, Words,
};

/// How far to look; each depth includes those before it.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "ProbeDepth", rename_all = "snake_case")]
pub(super) enum DepthDto {
    /// The settings only.
    Offline,
    /// Also the vendor's address, clocks, and our own public address; no app credentials go out.
    Network,
    /// Also the app credentials.
    Credentials,
}

impl From<DepthDto> for ProbeDepth {
    fn from(depth: DepthDto) -> Self {
        match depth {
            DepthDto::Offline => Self::Offline,
            DepthDto::Network => Self::Network,
            DepthDto::Credentials => Self::Credentials,
        }
    }
}

/// How far to look.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ProbeBody {
    /// The depth.
    pub(super) depth: DepthDto,
}

/// A rehearsal to begin.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewRehearsal {
    /// The language of the page that shows the code, as a BCP 47 tag.
    #[oai(validator(max_length = 35))]
    pub(super) locale: Option<String>,
}

/// How what was looked at stands.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename = "Standing", rename_all = "snake_case")]
enum StandingDto {
    /// In order.
    Ok,
    /// Nobody looked, or nobody can from here.
    NotLookedAt,
    /// It works, and should be known.
    Warning,
    /// Logins fail because of it.
    Failed,
}

impl From<Standing> for StandingDto {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Ok => Self::Ok,
            Standing::Unseen => Self::NotLookedAt,
            Standing::Warning => Self::Warning,
            Standing::Failed => Self::Failed,
        }
    }
}

/// A text in both languages.
#[derive(Debug, Object)]
#[oai(rename = "Words")]
struct WordsView {
    /// English.
    en: String,
    /// Simplified Chinese.
    zh: String,
}

impl From<&Words> for WordsView {
    fn from(words: &Words) -> Self {
        Self { en: words.en.clone(), zh: words.zh.clone() }
    }
}

impl From<LocalText> for WordsView {
    fn from(text: LocalText) -> Self {
        Self { en: text.en.to_owned(), zh: text.zh.to_owned() }
    }
}

/// A value worth copying.
#[derive(Debug, Object)]
#[oai(rename = "FindingValue")]
struct ValueView {
    /// What it is, as a stable word.
    name: String,
    /// What people call it.
    label: WordsView,
    /// The value.
    value: String,
}

impl From<&Fact> for ValueView {
    fn from(fact: &Fact) -> Self {
        Self {
            name: fact.name.as_str().to_owned(),
            label: fact.name.label().into(),
            value: fact.value.clone(),
        }
    }
}

/// One finding.
#[derive(Debug, Object)]
#[oai(rename = "Finding", skip_serializing_if_is_none)]
struct FindingView {
    /// What was found, as a stable code, e.g. `ip_not_allowed`.
    code: String,
    /// How it stands.
    standing: StandingDto,
    /// What was seen.
    seen: WordsView,
    /// What to do about it.
    cure: Option<WordsView>,
    /// Values to copy.
    values: Vec<ValueView>,
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.to_owned(),
            standing: finding.standing.into(),
            seen: (&finding.seen).into(),
            cure: finding.cure.as_ref().map(WordsView::from),
            values: finding.facts.iter().map(ValueView::from).collect(),
        }
    }
}

fn findings(report: &ProbeReport) -> Vec<FindingView> {
    report.0.iter().map(FindingView::from).collect()
}

/// Everything that was found.
#[derive(Debug, Object)]
#[oai(rename = "ProbeReport")]
pub(super) struct ReportView {
    /// At which provider.
    provider: String,
    /// Whether nothing failed.
    ok: bool,
    /// In the order of looking.
    findings: Vec<FindingView>,
}

impl ReportView {
    pub(super) fn new(slug: &ProviderSlug, report: &ProbeReport) -> Self {
        Self { provider: slug.to_string(), ok: report.ok(), findings: findings(report) }
    }
}

/// Where a rehearsed login stands. It is never confirmed: it ends `cancelled` with the reason
/// `rehearsed` in that place.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
enum RehearsalStage {
    /// Begun; nobody has scanned.
    Pending,
    /// Scanned; the person is asked to confirm.
    Scanned,
    /// The person declined.
    Denied,
    /// Time ran out.
    Expired,
    /// It was ended, with the reason `rehearsed` because all was proven.
    Cancelled,
    /// Two persons scanned the same code.
    Conflict,
    /// The vendor or the server could not finish it.
    Failed,
}

impl From<Stage> for RehearsalStage {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Pending => Self::Pending,
            Stage::Scanned => Self::Scanned,
            Stage::Denied => Self::Denied,
            Stage::Expired => Self::Expired,
            Stage::Conflict => Self::Conflict,
            Stage::Failed => Self::Failed,
            // No rehearsal comes to the first two.
            Stage::Confirmed | Stage::Redeemed | Stage::Cancelled => Self::Cancelled,
        }
    }
}

/// A rehearsed login.
#[derive(Debug, Object)]
#[oai(rename = "Rehearsal", skip_serializing_if_is_none)]
pub(super) struct RehearsalView {
    /// Its id.
    login_id: String,
    /// By which provider.
    provider: String,
    /// Where it stands.
    stage: RehearsalStage,
    /// Why it ended, as a stable code.
    reason: Option<String>,
    /// When it ends by itself, RFC 3339.
    expires_at: String,
    /// Where the picture of its code is, when it has one.
    image_url: Option<String>,
    /// Where a browser has to go instead.
    redirect_url: Option<String>,
    /// Two digits to show, when the phone asks for them.
    number: Option<String>,
    /// What it has shown so far; never who scanned.
    findings: Vec<FindingView>,
}

impl RehearsalView {
    pub(super) fn new(rehearsal: &Rehearsal, public_url: &str) -> Self {
        let login: &Login = &rehearsal.login;
        let (image_url, redirect_url) = match &login.challenge {
            Challenge::QrImage { .. } | Challenge::QrText { .. } => {
                (Some(format!("{public_url}/api/v1/qr/{}", login.image_token)), None)
            }
            Challenge::Redirect { url } => (None, Some(url.clone())),
        };
        Self {
            login_id: login.id.to_string(),
            provider: login.provider.to_string(),
            stage: login.stage.into(),
            reason: login.reason.map(|reason| reason.as_str().to_owned()),
            expires_at: login.expires_at.to_rfc3339(),
            image_url,
            redirect_url,
            number: login.number.map(|number| number.to_string()),
            findings: findings(&rehearsal.report),
        }
    }
}
