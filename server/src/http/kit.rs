//! `GET /kit/…`: the client kit for pages of any site, out of the binary.
//!
//! Its address has the version in it and its bytes never change there, so browsers keep it for
//! ever; `integrity.json` says which address and hash to write into a page.

use poem::error::NotFoundError;
use poem::http::header;
use poem::web::Path;
use poem::{Response, ResponseBuilder, handler};
use serde::Serialize;
use serde_json::json;

/// The kit has the server's own version; a test compares.
const VERSION: &str = env!("CARGO_PKG_VERSION");
const BUNDLE: &[u8] = include_bytes!("../../../openapi/typescript/dist/saoma-login.js");
const INTEGRITY: &str = include_str!("../../../openapi/typescript/dist/integrity.txt");

/// The bundle of one version; this binary has its own only.
#[handler]
pub(crate) fn serve(Path(version): Path<String>) -> poem::Result<Response> {
    if version != VERSION {
        return Err(NotFoundError.into());
    }
    let response = for_everybody("public, max-age=31536000, immutable");
    Ok(response.content_type("text/javascript; charset=utf-8").body(BUNDLE))
}

/// What a template needs to load the kit.
#[derive(Serialize)]
pub(crate) struct Tag {
    path: String,
    integrity: &'static str,
}

/// This version's.
pub(crate) fn tag() -> Tag {
    Tag { path: format!("/kit/{VERSION}/saoma-login.js"), integrity: INTEGRITY.trim() }
}

/// The tag by which a page loads this version and no other bytes.
pub(crate) fn script_tag(public_url: &str) -> String {
    format!(
        "<script type=\"module\" src=\"{public_url}/kit/{VERSION}/saoma-login.js\" integrity=\"{}\" \
         crossorigin=\"anonymous\"></script>",
        INTEGRITY.trim()
    )
}

/// What a page needs to name the kit.
#[handler]
pub(crate) fn integrity() -> Response {
    let about = json!({
        "version": VERSION,
        "path": format!("/kit/{VERSION}/saoma-login.js"),
        "integrity": INTEGRITY.trim(),
    });
    for_everybody("public, max-age=300").content_type("application/json").body(about.to_string())
}

/// Every site's page may load and hash it: there is nothing secret in it and nobody is asked who they are.
fn for_everybody(cache: &'static str) -> ResponseBuilder {
    Response::builder()
        .header(header::CACHE_CONTROL, cache)
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header("cross-origin-resource-policy", "cross-origin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use poem::http::StatusCode;
    use poem::{Endpoint as _, EndpointExt as _, Request, Route, get};
    use sha2::{Digest as _, Sha384};

    #[test]
    fn bundle_hash_and_version_belong_together() {
        assert_eq!(INTEGRITY.trim(), format!("sha384-{}", STANDARD.encode(Sha384::digest(BUNDLE))));
        let package = include_str!("../../../openapi/typescript/package.json");
        let package: serde_json::Value = serde_json::from_str(package).unwrap();
        assert_eq!(package["version"], VERSION);
    }

    async fn ask(path: &str) -> Response {
        let routes = Route::new()
            .at("/kit/:version/saoma-login.js", get(serve))
            .at("/kit/integrity.json", get(integrity))
            .map_to_response();
        routes.get_response(Request::builder().uri_str(path).finish()).await
    }

    #[tokio::test]
    async fn the_kit_is_kept_for_ever_and_another_version_is_not_there() {
        let mut about = ask("/kit/integrity.json").await;
        assert_eq!(about.headers()["access-control-allow-origin"], "*");
        let about: serde_json::Value = about.take_body().into_json().await.unwrap();
        assert_eq!(about["integrity"], INTEGRITY.trim());
        let mut kit = ask(about["path"].as_str().unwrap()).await;
        for (name, value) in [
            ("cache-control", "public, max-age=31536000, immutable"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("content-type", "text/javascript; charset=utf-8"),
        ] {
            assert_eq!(kit.headers()[name], value, "{name}");
        }
        assert_eq!(kit.take_body().into_bytes().await.unwrap(), BUNDLE);
        assert_eq!(ask("/kit/0.0.0/saoma-login.js").await.status(), StatusCode::NOT_FOUND);
    }
}
