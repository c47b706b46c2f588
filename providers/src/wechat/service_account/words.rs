//! What a person reads in the chat. It depends on the Login and its outcome alone, so that a
//! repeated message is answered in the same words.
//!
//! Never the number on the web page: who must send it back has to look at that page.

use super::schema::Confirm;
use saoma_core::provider::{LocalText, LoginView, Outcome, SiteView};
use url::Url;

const WRONG: LocalText = LocalText {
    en: "That is not the number on the web page, so this login was cancelled. Ask the page for a new code and scan again.",
    zh: "数字与网页上显示的不一致，本次登录已取消。请在网页上换一个新码，再扫一次。",
};
const CONFLICT: LocalText = LocalText {
    en: "Somebody else scanned the same code, so this login was cancelled. Ask the page for a new code and scan again.",
    zh: "有其他人扫描了同一个二维码，本次登录已取消。请在网页上换一个新码，再扫一次。",
};
const TOO_LATE: LocalText = LocalText {
    en: "This code is no longer valid. Scan the one that the page shows now.",
    zh: "二维码已失效，请扫网页上现在显示的码。",
};
const TOO_OFTEN: LocalText = LocalText {
    en: "That was too often. Please try again later.",
    zh: "操作过于频繁，请稍后再试。",
};
const DISOWNED: LocalText = LocalText {
    en: "Done: that login has ended. If you know the website, tell it, too. Whoever made you scan has no access by it any more.",
    zh: "已处理：该次登录已失效。如果你认识该网站，请告知它。让你扫码的人无法再使用它。",
};
const DONE: LocalText = LocalText { en: "You are logged in.", zh: "登录成功。" };

/// What the visitor does, as the web page says it.
const BY_PAGE: LocalText = LocalText {
    en: "Scan with WeChat, follow the account if asked, then tap the link in the chat",
    zh: "微信扫一扫，按提示关注公众号，再点聊天里的链接",
};
const BY_NUMBER: LocalText = LocalText {
    en: "Scan with WeChat, follow the account if asked, then send the number in the chat",
    zh: "微信扫一扫，按提示关注公众号，再把数字发到聊天里",
};
const BY_SCAN: LocalText =
    LocalText { en: "Scan with WeChat and follow the account", zh: "微信扫一扫并关注公众号" };

/// What the visitor does.
pub(super) const fn hint(confirm: Confirm) -> LocalText {
    match confirm {
        Confirm::Page => BY_PAGE,
        Confirm::Number => BY_NUMBER,
        Confirm::Scan => BY_SCAN,
    }
}

/// The longest site or browser name that is shown, in characters.
const NAME_LIMIT: usize = 80;

/// The text of an answer; none where nothing is to be said. `takes_back` says whether a message can undo a login.
pub(super) fn answer(login: Option<&LoginView>, outcome: &Outcome, takes_back: bool) -> Option<String> {
    let site = login.map(|login| &login.site);
    let english = site.is_some_and(|site| speaks_english(site.locale.as_deref()));
    let say = |text: LocalText| if english { text.en.to_owned() } else { text.zh.to_owned() };
    match outcome {
        Outcome::Scanned(next) => site.map(|site| scanned(site, next.as_ref(), english)),
        Outcome::Confirmed => {
            Some(site.map_or_else(|| say(DONE), |site| confirmed(site, english, takes_back)))
        }
        Outcome::Wrong => Some(say(WRONG)),
        Outcome::Conflict => Some(say(CONFLICT)),
        Outcome::TooLate => Some(say(TOO_LATE)),
        Outcome::TooOften => Some(say(TOO_OFTEN)),
        Outcome::Disowned => Some(say(DISOWNED)),
        Outcome::NotOurs => None,
    }
}

fn speaks_english(locale: Option<&str>) -> bool {
    locale.and_then(|tag| tag.get(..2)).is_some_and(|start| start.eq_ignore_ascii_case("en"))
}

fn scanned(site: &SiteView, next: Option<&Url>, english: bool) -> String {
    let (name, domain) = (shown(&site.name), shown(&site.domain));
    let browser = site.browser.as_deref().map(shown);
    if english {
        let browser = browser.map(|browser| format!("\nBrowser: {browser}")).unwrap_or_default();
        let step = match next {
            Some(url) => format!("<a href=\"{url}\">Tap here to confirm</a>"),
            None => "Reply with the two digits that the web page shows.".to_owned(),
        };
        format!("Log in to {name}\nWebsite: {domain}{browser}\n\n{step}\n\nNot you? Then do nothing.")
    } else {
        let browser = browser.map(|browser| format!("\n浏览器：{browser}")).unwrap_or_default();
        let step = match next {
            Some(url) => format!("<a href=\"{url}\">点此确认登录</a>"),
            None => "请回复网页上显示的两位数字。".to_owned(),
        };
        format!("正在登录「{name}」\n网站：{domain}{browser}\n\n{step}\n\n不是你本人操作？请勿理会。")
    }
}

fn confirmed(site: &SiteView, english: bool, takes_back: bool) -> String {
    let (name, domain) = (shown(&site.name), shown(&site.domain));
    let (done, otherwise) = if english {
        (format!("You are logged in to {name} ({domain})."), "It was not you? Reply \"not me\".")
    } else {
        (format!("已登录「{name}」（{domain}）。"), "不是你本人操作？回复“不是我”即可撤销。")
    };
    if takes_back { format!("{done}\n\n{otherwise}") } else { done }
}

/// The chat understands links, so a name must not be able to write one.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).take(NAME_LIMIT).collect()
}
