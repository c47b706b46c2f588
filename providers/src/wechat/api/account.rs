//! The calls of a service account: a code that expires by itself, and the unionid of a follower.

use super::{Api, id};
use crate::wechat::failure::Failure;
use crate::wechat::reply;
use saoma_core::Secret;
use saoma_core::provider::{Host, ProviderError, Step, VendorResponse};
use serde_json::json;

/// What fits into a code that is still easy to scan; observed are about 50 characters.
const URL_LIMIT: usize = 512;

/// A code of the account.
#[derive(Debug)]
pub(crate) struct SceneCode {
    /// What the code says; we draw it ourselves.
    pub(crate) url: String,
    /// Seconds until the vendor forgets it.
    pub(crate) expires_in: Option<u32>,
}

impl Api {
    /// A code that carries a scene (`qrcode/create`).
    pub(crate) async fn scene_code(
        &self,
        host: &dyn Host,
        scene: &str,
        seconds: u32,
    ) -> Result<SceneCode, ProviderError> {
        // Without the inner object the call succeeds and every scan comes without a scene.
        let body = json!({
            "expire_seconds": seconds,
            "action_name": "QR_STR_SCENE",
            "action_info": { "scene": { "scene_str": scene } },
        });
        let make = |token| self.post("/cgi-bin/qrcode/create", vec![("access_token", token)], body.clone());
        self.ask_with_token(host, Step::Begin, make, scene_code).await
    }

    /// The unionid of a person (`user/info`); none when they do not follow, or the account is bound
    /// to no open-platform account.
    pub(crate) async fn unionid(
        &self,
        host: &dyn Host,
        openid: &str,
    ) -> Result<Option<String>, ProviderError> {
        let make = |token| {
            let query = vec![
                ("access_token", token),
                ("openid", Secret::new(openid)),
                ("lang", Secret::new("zh_CN")),
            ];
            self.get("/cgi-bin/user/info", query)
        };
        let (told, unionid) = self.ask_with_token(host, Step::LearnPerson, make, follower).await?;
        // An answer about somebody else must not decide whose account this is.
        if told == openid { Ok(unionid) } else { Err(Failure::Garbage.at(Step::LearnPerson)) }
    }
}

fn scene_code(response: &VendorResponse) -> Result<SceneCode, Failure> {
    let object = reply::json(response)?;
    let url = reply::text(&object, "url").filter(|url| is_address(url)).ok_or(Failure::Garbage)?;
    let expires_in = object.get("expire_seconds").and_then(reply::number);
    let expires_in =
        expires_in.and_then(|seconds| u32::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    Ok(SceneCode { url: url.to_owned(), expires_in })
}

fn is_address(text: &str) -> bool {
    let web = text.starts_with("http://") || text.starts_with("https://");
    web && text.len() <= URL_LIMIT && text.bytes().all(|b| b.is_ascii_graphic())
}

fn follower(response: &VendorResponse) -> Result<(String, Option<String>), Failure> {
    let object = reply::json(response)?;
    Ok((id(&object, "openid").ok_or(Failure::Garbage)?, id(&object, "unionid")))
}
