//! `GET /static/…` of the admin listener: the styles, the script and the sign, out of the binary.

use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{IntoResponse as _, Response, handler};
use saoma_admin_ui::{LIVE_SCRIPT, PASSKEY_SCRIPT, SCRIPT, STYLES};

/// One file; a new build may change it, so it is kept for minutes only.
#[handler]
pub(super) fn serve(Path(name): Path<String>) -> Response {
    let (text, kind) = match name.as_str() {
        "tokens.css" => (include_str!("../../../web/tokens.css"), "text/css; charset=utf-8"),
        "admin.css" => (STYLES, "text/css; charset=utf-8"),
        "admin.js" => (SCRIPT, "text/javascript; charset=utf-8"),
        "live.js" => (LIVE_SCRIPT, "text/javascript; charset=utf-8"),
        "passkey.js" => (PASSKEY_SCRIPT, "text/javascript; charset=utf-8"),
        "icon.svg" => (include_str!("../../../web/pages/icon.svg"), "image/svg+xml"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let response = Response::builder().content_type(kind);
    response.header(header::CACHE_CONTROL, "private, max-age=600").body(text)
}
