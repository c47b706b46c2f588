//! WeChat's login page, opened as a browser would: it tells a wrong callback domain before anybody
//! scans. What the page says is no contract, so only its known words count.

use super::{Report, domain_of, found, say, trouble};
use crate::wechat::base::VendorBase;
use crate::wechat::failure::Failure;
use saoma_core::provider::{Fact, FactName, Host, Method, Standing, Step, VendorRequest};
use url::Url;

/// Opens the page at `address`, which would send people back to `callback`.
pub(in crate::wechat) async fn check(
    report: &mut Report,
    host: &dyn Host,
    (base, address): (&VendorBase, Url),
    callback: &Url,
) {
    let facts = vec![Fact::new(FactName::CallbackDomain, domain_of(callback))];
    let mut url = address;
    url.set_fragment(None);
    let request = VendorRequest { method: Method::Get, url, query: Vec::new(), json: None };
    let page = match host.call(request).await {
        Ok(answer) => String::from_utf8_lossy(&answer.body).into_owned(),
        Err(error) => return report.add(trouble(&Failure::Call(error).at(Step::Probe), base)),
    };
    let has = |words: &[&str]| words.iter().any(|word| page.contains(word));
    if has(&["/connect/qrcode/"]) {
        report.fine("callback_domain_ok", &say::LOGIN_PAGE_OK, facts);
    } else if has(&["10003", "redirect_uri"]) {
        report.add(found("callback_domain", Standing::Failed, &say::CALLBACK_REFUSED, facts));
    } else if has(&["10005", "Scope"]) {
        report.add(found("scope_not_granted", Standing::Failed, &say::SCOPE_REFUSED, Vec::new()));
    } else if has(&["40013", "AppID"]) {
        report.add(found("wrong_appid", Standing::Failed, &say::PAGE_APPID, Vec::new()));
    } else {
        report.unseen("callback_domain", &say::LOGIN_PAGE_ODD, facts);
    }
}
