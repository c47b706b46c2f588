//! What a browser's `User-Agent` says of where it runs, as far as ways of WeChat differ by it.

/// WeChat's own browser. WeCom's names itself after it too, but cannot open its pages.
pub(crate) fn is_wechat(user_agent: &str) -> bool {
    user_agent.contains("MicroMessenger") && !user_agent.contains("wxwork")
}

/// A browser on a phone that is none of WeChat's or WeCom's: WeChat can be opened from it, and a code that it
/// shows is on the very phone that should scan it.
pub(crate) fn is_phones_own(user_agent: &str) -> bool {
    user_agent.contains("Mobile")
        && !["MicroMessenger", "wxwork"].iter().any(|other| user_agent.contains(other))
}

#[cfg(test)]
mod tests {
    use super::{is_phones_own, is_wechat};

    #[test]
    fn each_browser_is_known_by_what_it_calls_itself() {
        for (agent, wechat, own) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
                false,
                true,
            ),
            ("Mozilla/5.0 (Linux; Android 14; K) Chrome/126.0.0.0 Mobile Safari/537.36", false, true),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 Safari/537.36", false, false),
            ("Mozilla/5.0 (iPhone) Mobile/15E148 MicroMessenger/8.0.50", true, false),
            ("Mozilla/5.0 (iPhone) Mobile/15E148 wxwork/4.1.28 MicroMessenger/7.0.1", false, false),
        ] {
            assert_eq!((is_wechat(agent), is_phones_own(agent)), (wechat, own), "{agent}");
        }
    }
}
