//! `GET /static/…`: the styles of our pages, out of the binary.

use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{IntoResponse as _, Response, handler};

/// One file; a new build may change it, so it is kept for minutes only.
#[handler]
pub(crate) fn serve(Path(name): Path<String>) -> Response {
    let text = match name.as_str() {
        "tokens.css" => include_str!("../../../web/tokens.css"),
        "pages.css" => include_str!("../../../web/pages/pages.css"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let response = Response::builder().content_type("text/css; charset=utf-8");
    response.header(header::CACHE_CONTROL, "public, max-age=600").body(text)
}
