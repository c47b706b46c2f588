//! The pages of open.weixin.qq.com: fills their templates and serves the style and script beside them.
//! Texts in both languages stand in the templates; the style shows one of them. No page runs anything but our own script.

use hyper::header::{CONTENT_SECURITY_POLICY, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, StatusCode};
use rust_embed::Embed;

use crate::call::{Call, Reply};

const PREFIX: &str = "/connect/pages/";
/// Forms may lead on: the answer to one goes to the app's own server, and from there to its site.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'self' http: https:";

#[derive(Embed)]
#[folder = "pages/"]
struct Files;

/// Whether the path is one of the pages' parts.
pub(crate) fn owns(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// Answers with a part of a page.
pub(crate) fn answer(call: &Call) -> Reply {
    if call.method != Method::GET {
        return Reply::method_not_allowed("GET");
    }
    let name = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let kind = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        _ => return not_found(),
    };
    Files::get(name).map_or_else(not_found, |file| Reply::new(StatusCode::OK, kind, file.data.into_owned()))
}

fn not_found() -> Reply {
    Reply::new(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "not found\n")
}

/// A page from its template; values are text and are escaped, names without a value become empty.
pub(crate) fn render(name: &str, english: bool, values: &[(&str, &str)]) -> Reply {
    let file = Files::get(name).map(|file| file.data.into_owned()).unwrap_or_default();
    let template = String::from_utf8(file).unwrap_or_default();
    let lang = if english { "en" } else { "zh-CN" };
    let page = fill(&template, &[&[("lang", lang)], values].concat());
    Reply::new(StatusCode::OK, "text/html; charset=utf-8", page)
        .with(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))
        .with(REFERRER_POLICY, HeaderValue::from_static("same-origin"))
        .with(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"))
}

fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut parts = template.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap_or(("", part));
        let value = values.iter().find(|(known, _)| *known == name.trim()).map_or("", |(_, value)| value);
        page.push_str(&escape(value));
        page.push_str(rest);
    }
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_once_and_never_read_as_names() {
        let page = fill("<a title=\"{{ x }}\">{{y}}</a>{{gone}}", &[("x", "\"'{{y}}"), ("y", "<&>")]);
        assert_eq!(page, "<a title=\"&quot;&#39;{{y}}\">&lt;&amp;&gt;</a>");
    }

    #[test]
    fn every_text_stands_in_both_languages() {
        for name in Files::iter().filter(|name| name.ends_with(".html")) {
            let page = String::from_utf8(Files::get(&name).unwrap().data.into_owned()).unwrap();
            let count = |mark: &str| page.matches(mark).count();
            assert_eq!(count("lang=\"zh-CN\""), count("lang=\"en\""), "{name}");
            assert!(
                count("lang=\"en\"") > 0 && !page.contains("style=") && !page.contains("<script>"),
                "{name}"
            );
        }
    }
}
