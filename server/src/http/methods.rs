//! Which methods each address takes: a 405 must say so in `Allow` (RFC 9110 section 15.5.6).
//!
//! Read from the same description the routes are made of, so that the two cannot differ.

use super::apis::Apis;
use poem::http::HeaderValue;
use poem_openapi::OpenApi;
use std::collections::BTreeSet;

/// What is not in the description: pages, and what vendors call.
const PAGES: [(&str, &[&str]); 18] = [
    ("/", &["GET"]),
    ("/static/:name", &["GET"]),
    ("/kit/:version/saoma-login.js", &["GET"]),
    ("/kit/integrity.json", &["GET"]),
    ("/callback/:provider", &["GET", "POST"]),
    ("/push/:provider/:secret", &["GET", "POST"]),
    ("/confirm/:token", &["GET", "POST"]),
    ("/.well-known/openid-configuration", &["GET"]),
    ("/.well-known/oauth-authorization-server", &["GET"]),
    ("/oauth2/authorize", &["GET", "POST"]),
    ("/oauth2/logout", &["GET", "POST"]),
    ("/login/:id", &["GET", "POST"]),
    ("/login/:id/start", &["POST"]),
    ("/account", &["GET"]),
    ("/account/:place", &["GET", "POST"]),
    ("/account/:place/:id", &["GET", "POST"]),
    ("/MP_verify_*", &["GET"]),
    ("/api/v1/logins/:login_id/ws", &["GET"]),
];

/// Take no HEAD: a look must not use up what a vendor or a website sent with the browser, nor ask for anybody.
const NO_HEAD: [&str; 7] = [
    "/callback/:provider",
    "/oauth2/authorize",
    "/oauth2/logout",
    "/login/:id",
    "/account",
    "/account/:place",
    "/account/:place/:id",
];

/// A path as the framework writes it for routes (`:name`) or in its description (`{name}`); a star of ours
/// stands for the rest of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern(Vec<String>);

impl Pattern {
    /// Reads it.
    pub(crate) fn of(path: &str) -> Self {
        Self(path.split('/').map(str::to_owned).collect())
    }

    /// How many of its segments are variables.
    pub(crate) fn variables(&self) -> usize {
        self.0.iter().filter(|segment| segment.starts_with([':', '{'])).count()
    }

    /// Whether this is one of its addresses.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let asked: Vec<_> = path.split('/').collect();
        self.0.len() == asked.len() && self.0.iter().zip(asked).all(|(known, asked)| stands_for(known, asked))
    }
}

/// Paths, each with its `Allow`.
pub(crate) struct Methods(Vec<(Pattern, HeaderValue)>);

impl Methods {
    /// Those of the public listener.
    pub(crate) fn of_public_api() -> Self {
        Self::of::<Apis>(&PAGES)
    }

    /// Those of an API and of what is beside it.
    pub(crate) fn of<A: OpenApi>(pages: &[(&str, &[&str])]) -> Self {
        let paths = A::meta().into_iter().flat_map(|api| api.paths);
        let page = |(path, methods): &(&str, &[&str])| {
            (Pattern::of(path), methods.iter().map(|&method| method.to_owned()).collect())
        };
        let mut known: Vec<(Pattern, BTreeSet<String>)> = pages.iter().map(page).collect();
        for path in paths {
            let methods = path.operations.iter().map(|operation| operation.method.to_string());
            let pattern = Pattern::of(&path.path);
            match known.iter_mut().find(|(known, _)| *known == pattern) {
                Some((_, of_path)) => of_path.extend(methods),
                None => known.push((pattern, methods.collect())),
            }
        }
        let no_head = NO_HEAD.map(Pattern::of);
        for (_, methods) in known.iter_mut().filter(|(path, _)| !no_head.contains(path)) {
            if methods.contains("GET") {
                methods.insert("HEAD".to_owned());
            }
        }
        Self(known.into_iter().filter_map(|(path, methods)| Some((path, allow(methods)?))).collect())
    }

    /// The `Allow` of an address, if there is anything at it.
    pub(crate) fn allowed_at(&self, path: &str) -> Option<&HeaderValue> {
        self.0.iter().find(|(known, _)| known.fits(path)).map(|(_, allow)| allow)
    }
}

fn stands_for(known: &str, asked: &str) -> bool {
    let is_variable = known.starts_with([':', '{']) && !asked.is_empty();
    let is_start = known.strip_suffix('*').is_some_and(|start| asked.starts_with(start));
    known == asked || is_variable || is_start
}

/// Preflights are answered everywhere, but OPTIONS alone is not.
fn allow(methods: BTreeSet<String>) -> Option<HeaderValue> {
    let methods: Vec<_> = methods.into_iter().collect();
    HeaderValue::from_str(&methods.join(", ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_says_what_it_takes() {
        let methods = Methods::of_public_api();
        for (path, allow) in [
            ("/api/v1/logins", Some("POST")),
            ("/api/v1/logins/lgn_x", Some("GET, HEAD")),
            ("/api/v1/logins/lgn_x/cancel", Some("POST")),
            ("/oauth2/token", Some("POST")),
            ("/", Some("GET, HEAD")),
            ("/static/x.css", Some("GET, HEAD")),
            ("/MP_verify_x.txt", Some("GET, HEAD")),
            ("/confirm/x", Some("GET, HEAD, POST")),
            ("/callback/website", Some("GET, POST")),
            ("/oauth2", None),
        ] {
            assert_eq!(methods.allowed_at(path).map(|value| value.to_str().unwrap()), allow, "{path}");
        }
    }
}
