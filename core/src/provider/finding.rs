//! What a probe finds: a stable code, how it stands, words in both languages, values to copy.
//!
//! Words are finished texts: whoever shows a finding needs no template and no table of codes. A
//! finding never holds a secret or the name of a person at the vendor.

use super::LocalText;
use url::Url;

/// How far a probe goes. Each depth includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeDepth {
    /// Look at the configuration only.
    Offline,
    /// Reach the vendor and our own public address; no app credentials go out.
    Network,
    /// Talk to the vendor with the app credentials.
    Credentials,
}

impl ProbeDepth {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Offline, Self::Network, Self::Credentials];

    /// The word in the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Network => "network",
            Self::Credentials => "credentials",
        }
    }

    /// Reads that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|depth| depth.as_str() == text)
    }
}

/// What a probe is told.
#[derive(Debug, Clone)]
pub struct ProbeOrder {
    /// How far it goes.
    pub depth: ProbeDepth,
    /// Where the vendor would send browsers back to: our own address for this Provider.
    pub callback: Url,
}

/// How what was looked at stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In order.
    Ok,
    /// Nobody looked, or nobody can from here.
    Unseen,
    /// It works, and should be known.
    Warning,
    /// Logins fail because of it.
    Failed,
}

impl Standing {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::Ok, Self::Unseen, Self::Warning, Self::Failed];

    /// The word in the API and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unseen => "not_looked_at",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $en:literal, $zh:literal;)+) => {
        /// What a value is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum FactName {
            $($(#[$doc])* $name,)+
        }

        impl FactName {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in the API, and its placeholder in words.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// What people call it.
            pub const fn label(self) -> LocalText {
                match self {
                    $(Self::$name => LocalText { en: $en, zh: $zh },)+
                }
            }
        }
    };
}

facts! {
    /// Our address as the vendor saw it.
    OutgoingAddress = "outgoing_address", "Our outgoing address", "本服务器的出口 IP";
    /// Where the vendor's API is.
    ApiAddress = "api_address", "API address", "接口地址";
    /// The host to register for browsers that come back.
    CallbackDomain = "callback_domain", "Callback domain", "授权回调域";
    /// Where browsers come back to.
    CallbackAddress = "callback_address", "Callback address", "回调地址";
    /// The host that the mini-program calls.
    RequestDomain = "request_domain", "Request domain", "request 合法域名";
    /// Where the vendor's servers send messages; of its secret part the end.
    PushAddress = "push_address", "Push address (URL)", "服务器地址（URL）";
    /// How messages are wrapped, in the console's own word.
    PushMode = "push_mode", "Message mode", "消息加解密方式";
    /// The file that shows the vendor that a domain is ours.
    ProofAddress = "proof_address", "Verification file", "校验文件地址";
    /// Our own public address.
    PublicAddress = "public_address", "Public address", "公网地址";
    /// Whose names the people have.
    Namespace = "namespace", "Namespace", "命名空间";
    /// The app's id.
    AppId = "appid", "AppID", "AppID";
    /// The page of the mini-program.
    Page = "page", "Page", "小程序页面";
    /// The vendor's code.
    VendorCode = "vendor_code", "WeChat's code", "微信错误码";
    /// The vendor's own id of the call.
    TraceId = "trace_id", "Trace id", "rid";
    /// An HTTP status.
    Status = "status", "HTTP status", "HTTP 状态码";
    /// What is left of a quota.
    Remaining = "remaining", "Calls left today", "今日剩余次数";
    /// A day's quota.
    DailyLimit = "daily_limit", "Calls a day", "每日限额";
    /// How far clocks are apart.
    Seconds = "seconds", "Seconds", "秒数";
    /// What is wrong with settings, each with its place.
    Problems = "problems", "Problems", "问题";
    /// When it was.
    Moment = "moment", "Time (UTC)", "时间（UTC）";
}

/// A value worth copying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: FactName,
    /// The value.
    pub value: String,
}

impl Fact {
    /// A fact.
    pub fn new(name: FactName, value: impl Into<String>) -> Self {
        Self { name, value: value.into() }
    }
}

/// A finished text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Words {
    /// The text with `{name}` replaced by the facts of that name.
    pub fn of(text: LocalText, facts: &[Fact]) -> Self {
        Self { en: filled(text.en, facts), zh: filled(text.zh, facts) }
    }

    /// This text and then that one.
    #[must_use]
    pub fn then(mut self, next: LocalText, facts: &[Fact]) -> Self {
        self.en.push(' ');
        self.en.push_str(&filled(next.en, facts));
        self.zh.push_str(&filled(next.zh, facts));
        self
    }

    /// The text as a sentence.
    #[must_use]
    pub fn ended(mut self) -> Self {
        self.en.push('.');
        self.zh.push('。');
        self
    }

    /// In one of the languages.
    pub fn in_chinese(&self, chinese: bool) -> &str {
        if chinese { &self.zh } else { &self.en }
    }
}

fn filled(text: &str, facts: &[Fact]) -> String {
    let put = |text: String, fact: &Fact| text.replace(&format!("{{{}}}", fact.name.as_str()), &fact.value);
    facts.iter().fold(text.to_owned(), put)
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found: a stable code that programs may rely on.
    pub code: &'static str,
    /// How it stands.
    pub standing: Standing,
    /// What was seen.
    pub seen: Words,
    /// What to do about it.
    pub cure: Option<Words>,
    /// Values to copy.
    pub facts: Vec<Fact>,
}

impl Finding {
    /// A finding whose cure is none.
    pub fn new(code: &'static str, standing: Standing, seen: LocalText, facts: Vec<Fact>) -> Self {
        Self { code, standing, seen: Words::of(seen, &facts), cure: None, facts }
    }

    /// The same with a cure.
    #[must_use]
    pub fn cured_by(mut self, cure: LocalText) -> Self {
        self.cure = Some(Words::of(cure, &self.facts));
        self
    }
}

/// Everything a probe found, in the order it looked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProbeReport(pub Vec<Finding>);

impl ProbeReport {
    /// How the worst of it stands.
    pub fn worst(&self) -> Standing {
        self.0.iter().map(|finding| finding.standing).max().unwrap_or(Standing::Ok)
    }

    /// Whether nothing stops logins.
    pub fn ok(&self) -> bool {
        self.worst() < Standing::Failed
    }

    /// The codes of what failed, for an audit row: words and values stay out of it.
    pub fn failed_codes(&self) -> Vec<&'static str> {
        let failed = self.0.iter().filter(|finding| finding.standing == Standing::Failed);
        failed.map(|finding| finding.code).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const TEXT: LocalText =
        LocalText { en: "Add {outgoing_address}.", zh: "请添加 {outgoing_address}。" };

    #[test]
    fn words_are_filled_from_facts_in_both_languages() {
        let facts = vec![Fact::new(FactName::OutgoingAddress, "9.8.7.6")];
        let finding = Finding::new("ip_not_allowed", Standing::Failed, TEXT, facts).cured_by(TEXT);
        assert_eq!(finding.seen.en, "Add 9.8.7.6.");
        assert_eq!(finding.cure.unwrap().in_chinese(true), "请添加 9.8.7.6。");
    }

    #[test]
    fn only_what_failed_makes_a_report_fail() {
        let finding = |standing| Finding::new("x", standing, TEXT, Vec::new());
        let report = |all: &[Standing]| ProbeReport(all.iter().map(|one| finding(*one)).collect());
        assert!(report(&[Standing::Ok, Standing::Unseen, Standing::Warning]).ok());
        let failed = report(&[Standing::Failed, Standing::Ok]);
        assert!(!failed.ok() && failed.failed_codes() == ["x"]);
    }

    #[test]
    fn words_of_depths_standings_and_facts_are_unique() {
        let facts: BTreeSet<_> = FactName::ALL.iter().map(|name| name.as_str()).collect();
        assert_eq!(facts.len(), FactName::ALL.len());
        for depth in ProbeDepth::ALL {
            assert_eq!(ProbeDepth::parse(depth.as_str()), Some(depth));
        }
        let standings: BTreeSet<_> = Standing::ALL.map(Standing::as_str).into();
        assert_eq!(standings.len(), Standing::ALL.len());
    }
}
