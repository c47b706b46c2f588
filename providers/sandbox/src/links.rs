//! Links that open a mini-program's page from outside WeChat: encrypted schemes and URL Links, by their tickets.
//! One link may be opened by many people, as on the real servers; that a login is single-use is not its business.

use crate::clock::Moment;
use crate::wxacode::WxaCode;

const SCHEME: &str = "weixin://dl/business/?t=";
const URL_LINK: &str = "https://wxaurl.cn/";

/// The two forms of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkForm {
    Scheme,
    UrlLink,
}

impl LinkForm {
    /// The link of a ticket.
    pub(crate) fn address(self, ticket: &str) -> String {
        match self {
            Self::Scheme => format!("{SCHEME}{ticket}"),
            Self::UrlLink => format!("{URL_LINK}{ticket}"),
        }
    }
}

/// What a ticket opens, and how long.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) opens: WxaCode,
    pub(crate) expires: Moment,
}

/// The ticket in a link of ours; what a site may append to it is cut off.
pub(crate) fn ticket_of(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(SCHEME).or_else(|| text.strip_prefix(URL_LINK))?;
    let ticket = rest.split(['?', '&', '#']).next()?;
    (!ticket.is_empty()).then_some(ticket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_back_from_both_forms() {
        for form in [LinkForm::Scheme, LinkForm::UrlLink] {
            assert_eq!(ticket_of(&form.address("Abc1")), Some("Abc1"));
        }
        assert_eq!(ticket_of("https://wxaurl.cn/Abc1?cq=x"), Some("Abc1"));
        assert_eq!(ticket_of("weixin://dl/business/?t=Abc1&cq=x"), Some("Abc1"));
        for other in ["https://wxaurl.cn/", "https://example.org/Abc1", "weixin://dl/business/?appid=wx1"] {
            assert_eq!(ticket_of(other), None, "{other}");
        }
    }
}
