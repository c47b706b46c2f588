//! `GET /static/…`: the styles and the sign of our pages, out of the binary.

use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{IntoResponse as _, Response, handler};

/// One file; a new build may change it, so it is kept for minutes only.
#[handler]
pub(crate) fn serve(Path(name): Path<String>) -> Response {
    let (text, kind) = match name.as_str() {
        "tokens.css" => (include_str!("../../../web/tokens.css"), "text/css; charset=utf-8"),
        "pages.css" => (include_str!("../../../web/pages/pages.css"), "text/css; charset=utf-8"),
        "account.css" => (include_str!("../../../web/pages/account.css"), "text/css; charset=utf-8"),
        "icon.svg" => (include_str!("../../../web/pages/icon.svg"), "image/svg+xml"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let response = Response::builder().content_type(kind);
    response.header(header::CACHE_CONTROL, "public, max-age=600").body(text)
}
