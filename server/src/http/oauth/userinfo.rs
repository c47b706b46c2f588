//! `GET·POST /oauth2/userinfo`: whom an access token stands for (OpenID Connect Core section 5.3).

use super::error::{OAuthCode, OAuthError};
use super::form::Form;
use crate::http::browser::bearer;
use crate::http::pictures::Looks;
use crate::http::public_state::{OpenId, Public};
use bytes::Bytes;
use poem::Request;
use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};
use saoma_core::client::Client;
use saoma_core::grant::{ScopeWord, UserInfo, UserInfoError};
use std::sync::Arc;

/// A user, as the website may know it; the profile only with `profile` in the token's scope.
#[derive(Debug, Default, Object)]
#[oai(skip_serializing_if_is_none)]
struct UserInfoView {
    /// The user's id for this website; never changes, never reused.
    sub: String,
    /// What the person is called; a made-up name when nobody ever said.
    name: Option<String>,
    /// Whether the name is made up by us: do not take it for what the person is called.
    name_is_stand_in: Option<bool>,
    /// Address of a picture; of a drawn one when there is none.
    picture: Option<String>,
    /// Whether the picture is drawn by us.
    picture_is_stand_in: Option<bool>,
    /// The person's language, as a BCP 47 tag.
    locale: Option<String>,
    /// Unix seconds of the profile's last change. Not for a client of pairwise ids: by the second two could compare.
    updated_at: Option<i64>,
    /// An address that receives nothing, for software that cannot do without; with `email` in the scope of a
    /// client that is to have one.
    email: Option<String>,
    /// False: it is nobody's.
    email_verified: Option<bool>,
}

const TWO_TOKENS: &str = "The access token came in the header and in the form. Send it in one of them.";

impl UserInfoView {
    fn of(user: &UserInfo, client: &Client, public: &Public) -> Self {
        let (OpenId { subjects, .. }, person) = (&public.openid, &user.face.user);
        let email = user.scope.has(ScopeWord::Email).then(|| subjects.stand_in_email(client, person));
        let email = email.flatten();
        let bare = Self {
            sub: subjects.of(client, person),
            email_verified: email.as_ref().map(|_| false),
            email,
            ..Self::default()
        };
        if !user.scope.has(ScopeWord::Profile) {
            return bare;
        }
        let looks = Looks::told(&user.face, &bare.sub, &public.settings.public_url);
        Self {
            name: Some(looks.name),
            name_is_stand_in: Some(looks.name_is_stand_in),
            picture: Some(looks.picture),
            picture_is_stand_in: Some(looks.picture_is_stand_in),
            locale: user.face.locale.clone(),
            updated_at: (bare.sub == person.as_str()).then_some(user.updated_at.0 / 1000),
            ..bare
        }
    }
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
        let token = bearer(request).ok_or(OAuthError::without_token())?;
        told(&public, token.expose()).await
    }

    /// Read the user by a form
    ///
    /// With the token in the header, or as `access_token` in the form: never in both.
    #[oai(path = "/oauth2/userinfo", method = "post", operation_id = "post_user_info")]
    async fn post_user_info(
        &self,
        request: &Request,
        public: Data<&Arc<Public>>,
        body: Bytes,
    ) -> Result<Json<UserInfoView>, OAuthError> {
        let form = Form::parse(&body)?;
        match (bearer(request), form.get("access_token")) {
            (Some(token), None) => told(&public, token.expose()).await,
            (None, Some(token)) => told(&public, token).await,
            (Some(_), Some(_)) => Err(OAuthError::saying(OAuthCode::InvalidRequest, TWO_TOKENS)),
            (None, None) => Err(OAuthError::without_token()),
        }
    }
}

async fn told(public: &Public, token: &str) -> Result<Json<UserInfoView>, OAuthError> {
    let (client, user) = public.openid.user_info.find(token).await.map_err(refused)?;
    Ok(Json(UserInfoView::of(&user, &client, public)))
}

fn refused(error: UserInfoError) -> OAuthError {
    match error {
        UserInfoError::InvalidToken => OAuthError::of(OAuthCode::InvalidToken),
        UserInfoError::Store(error) => error.into(),
    }
}
