//! `GET /oauth2/userinfo`: whom an access token stands for (OpenID Connect Core section 5.3).

use super::error::{OAuthCode, OAuthError};
use crate::http::browser::bearer;
use crate::http::pictures::Looks;
use crate::http::public_state::Public;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use saoma_core::grant::UserInfoError;
use std::sync::Arc;

/// A user, as the website may know it.
#[derive(Debug, Object)]
struct UserInfoView {
    /// The user's id; never changes, never reused.
    sub: String,
    /// What the person is called; a made-up name when nobody ever said.
    name: String,
    /// Whether the name is made up by us: do not take it for what the person is called.
    name_is_stand_in: bool,
    /// Address of a picture; of a drawn one when there is none.
    picture: String,
    /// Whether the picture is drawn by us.
    picture_is_stand_in: bool,
    /// Unix seconds of the profile's last change.
    updated_at: i64,
}

/// Asking.
pub(crate) struct UserInfoApi;

#[OpenApi]
impl UserInfoApi {
    /// Read the user
    #[oai(path = "/oauth2/userinfo", method = "get", operation_id = "read_user_info")]
    async fn read_user_info(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
    ) -> Result<Json<UserInfoView>, OAuthError> {
        let token = bearer(request).ok_or(OAuthError(OAuthCode::InvalidToken))?;
        let user = public.user_info.find(token.expose()).await.map_err(refused)?;
        let looks = Looks::of(&user, &public.settings.public_url);
        Ok(Json(UserInfoView {
            sub: user.sub.to_string(),
            name: looks.name,
            name_is_stand_in: looks.name_is_stand_in,
            picture: looks.picture,
            picture_is_stand_in: looks.picture_is_stand_in,
            updated_at: user.updated_at.0 / 1000,
        }))
    }
}

fn refused(error: UserInfoError) -> OAuthError {
    match error {
        UserInfoError::InvalidToken => OAuthError(OAuthCode::InvalidToken),
        UserInfoError::Store(error) => error.into(),
    }
}
