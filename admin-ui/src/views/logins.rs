//! Logins: the list with its filter, the newest as they happen, and one with what happened when.

use super::{Chip, Choice};
use crate::{Moment, Notes, View};
use serde::Serialize;

/// An attempt in a list.
#[derive(Debug, Clone, Serialize)]
pub struct LoginLine {
    /// The Login.
    pub login_id: String,
    /// When it began.
    pub begun: Moment,
    /// The website, by its name; none when an admin rehearsed it.
    pub website: Option<String>,
    /// The way, by its title.
    pub way: String,
    /// Where it stands, or how it ended.
    pub stage: &'static str,
    /// Why it ended so.
    pub reason: Option<&'static str>,
    /// Whom it logged in: id and name.
    pub user: Option<(String, String)>,
    /// Whether this admin may see people.
    pub may_see_user: bool,
    /// The browser that began it.
    pub browser: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// Whether the vendor's part failed on the way.
    pub vendor_failed: bool,
    /// Whether this admin may make the person known whom it proved.
    pub may_admit: bool,
}

impl LoginLine {
    pub(super) fn sample() -> Self {
        Self {
            login_id: "lgn_1".to_owned(),
            begun: saoma_core::Timestamp(0).into(),
            website: Some("Shop <b>".to_owned()),
            way: "微信".to_owned(),
            stage: "failed",
            reason: Some("vendor_failed"),
            user: Some(("usr_1".to_owned(), "阿明".to_owned())),
            may_see_user: true,
            browser: Some("Firefox, Linux".to_owned()),
            address: Some("192.0.2.1".to_owned()),
            vendor_failed: true,
            may_admit: false,
        }
    }

    fn bare() -> Self {
        Self {
            website: None,
            stage: "pending",
            reason: None,
            user: None,
            browser: None,
            address: None,
            vendor_failed: false,
            may_admit: true,
            ..Self::sample()
        }
    }
}

/// The newest Logins; drawn alone whenever one changes.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewestLogins {
    /// The newest first.
    pub logins: Vec<LoginLine>,
}

impl View for NewestLogins {
    const NAME: &'static str = "newest";

    fn samples() -> Vec<Self> {
        vec![Self::default(), Self { logins: vec![LoginLine::sample(), LoginLine::bare()] }]
    }
}

/// The list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Logins {
    /// Websites to choose from.
    pub websites: Vec<Choice>,
    /// Ways to choose from.
    pub ways: Vec<Choice>,
    /// Stages to choose from.
    pub stages: Vec<Choice>,
    /// Only ends with nobody.
    pub failed: bool,
    /// From where.
    pub address: String,
    /// By which browser.
    pub browser: String,
    /// Not before.
    pub from: String,
    /// Not after.
    pub to: String,
    /// Parts of the filter that have no field of their own.
    pub kept: Vec<(&'static str, String)>,
    /// What the filter means.
    pub chips: Vec<Chip>,
    /// The newest first.
    pub logins: Vec<LoginLine>,
    /// The next page.
    pub next: Option<String>,
    /// Whether this is not the first page: where that is.
    pub first: Option<String>,
    /// Whether this may be taken away as a file.
    pub may_export: bool,
    /// What follows the format in the address of that file.
    pub export: String,
    /// The zone of all times.
    pub zone: &'static str,
    /// What is not understood of the filter.
    pub notes: Notes,
}

impl View for Logins {
    const NAME: &'static str = "logins";

    fn samples() -> Vec<Self> {
        let chip =
            |field, value: &str| Chip { field, value: value.to_owned(), without: "/logins".to_owned() };
        let problem =
            saoma_core::FieldProblem::new("/from", "date_or_moment", "is neither a day nor a moment");
        let full = Self {
            websites: vec![Choice::sample("shop", true)],
            ways: vec![Choice::sample("mini", false)],
            stages: vec![Choice::sample("failed", true)],
            failed: true,
            kept: vec![("user", "usr_1".to_owned())],
            chips: vec![
                chip("stage", "failed"),
                chip("failed", "true"),
                chip("reason", "vendor_failed"),
                chip("client", "Shop"),
            ],
            logins: vec![LoginLine::sample(), LoginLine::bare()],
            next: Some("/logins?after=x".to_owned()),
            first: Some("/logins".to_owned()),
            may_export: true,
            export: "&stage=failed".to_owned(),
            zone: "Asia/Shanghai",
            notes: crate::notes(vec![problem]),
            ..Self::default()
        };
        vec![Self::default(), Self { chips: vec![chip("browser", "Edge")], ..Self::default() }, full]
    }
}

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
pub struct PassedLine {
    /// What: `begun`, `shown`, `vendor_answered`, `scanned`, `confirmed`, or the stage it ended at.
    pub what: &'static str,
    /// When.
    pub at: Moment,
    /// Since the beginning, in seconds to a tenth.
    pub after: String,
    /// Whether it ended so.
    pub is_end: bool,
}

/// What the vendor said.
#[derive(Debug, Clone, Serialize)]
pub struct VendorLine {
    /// Its own code.
    pub code: Option<i64>,
    /// The code of the problem, as the visitor's page was told.
    pub problem: String,
    /// What it means, in the reader's language.
    pub meaning: Option<String>,
    /// What to do, likewise.
    pub cure: Option<String>,
    /// For the vendor's support.
    pub trace_id: Option<String>,
    /// An address that it named.
    pub address: Option<String>,
}

/// One Login.
#[derive(Debug, Clone, Serialize)]
pub struct Login {
    /// As in the list.
    pub line: LoginLine,
    /// The website's id.
    pub client_id: String,
    /// The way's slug.
    pub slug: String,
    /// Where the address is.
    pub region: Option<&'static str>,
    /// When it ends by itself, as long as it has not ended.
    pub until: Option<Moment>,
    /// What happened, in its order.
    pub timeline: Vec<PassedLine>,
    /// What the vendor said, when it failed.
    pub vendor: Option<VendorLine>,
    /// What it had answered before, the oldest first.
    pub earlier: Vec<VendorLine>,
    /// When the vendor's messages were refused while nobody seemed to scan.
    pub refused: Option<Moment>,
    /// The zone of all times.
    pub zone: &'static str,
    /// Whether the doctor may be asked.
    pub may_probe: bool,
    /// Whether the audit may be read.
    pub may_read_audit: bool,
}

impl View for Login {
    const NAME: &'static str = "login";

    fn samples() -> Vec<Self> {
        let at = Moment::from(saoma_core::Timestamp(0));
        let passed = |what, is_end| PassedLine { what, at: at.clone(), after: "1.2".to_owned(), is_end };
        let vendor = VendorLine {
            code: Some(40164),
            problem: "vendor_misconfigured".to_owned(),
            meaning: Some("It does not let our address in.".to_owned()),
            cure: Some("Add it.".to_owned()),
            trace_id: Some("rid".to_owned()),
            address: Some("192.0.2.1".to_owned()),
        };
        let failed = Self {
            line: LoginLine::sample(),
            client_id: "shop".to_owned(),
            slug: "mini".to_owned(),
            region: Some("中国"),
            until: None,
            timeline: vec![passed("begun", false), passed("vendor_answered", false), passed("failed", true)],
            earlier: vec![vendor.clone()],
            vendor: Some(vendor),
            refused: Some(at.clone()),
            zone: "UTC",
            may_probe: true,
            may_read_audit: true,
        };
        let open = Self {
            line: LoginLine::bare(),
            region: None,
            until: Some(at.clone()),
            timeline: vec![passed("begun", false)],
            vendor: None,
            earlier: Vec::new(),
            may_probe: false,
            may_read_audit: false,
            ..failed.clone()
        };
        vec![failed, open]
    }
}
