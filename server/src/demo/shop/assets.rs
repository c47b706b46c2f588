//! Styles, scripts and pictures of the shop, out of the binary.
//!
//! Templates and texts lie in the same folder and are never served.

use poem::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use poem::http::{HeaderMap, StatusCode};
use poem::web::Path;
use poem::{Response, handler};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use super::saoma::base64url;

/// The shop's own folder under `web`.
#[derive(Embed)]
#[folder = "web/shop/"]
pub(super) struct ShopFiles;

const TOKENS: &str = include_str!("../../../web/tokens.css");

/// One file; revalidated at each use, so a new build is seen at once.
#[handler]
pub(super) fn serve(Path(path): Path<String>, headers: &HeaderMap) -> Response {
    let Some((kind, body)) = find(&path) else {
        return Response::builder().status(StatusCode::NOT_FOUND).finish();
    };
    let tag = format!("\"{}\"", base64url(&Sha256::digest(&body)));
    let response = Response::builder().header(CACHE_CONTROL, "no-cache").header(ETAG, &tag);
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.header(CONTENT_TYPE, kind).body(body)
}

fn find(path: &str) -> Option<(&'static str, Vec<u8>)> {
    let kind = match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return None,
    };
    if path == "tokens.css" {
        return Some((kind, TOKENS.into()));
    }
    Some((kind, ShopFiles::get(path)?.data.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_kinds_are_served() {
        for path in ["tokens.css", "shop.css", "js/theme.js"] {
            assert!(find(path).is_some(), "{path}");
        }
        for path in ["templates/login.html", "locales/en.json", "../tokens.css", "js/none.js", ""] {
            assert!(find(path).is_none(), "{path}");
        }
    }
}
