//! The typed API: every call of the public listener, without state, so that its document and its
//! table of methods can be made without a server.

use super::companion::CompanionApi;
use super::login::{BeginApi, ClientsApi, EventsApi, PicturesApi, WatchApi};
use super::oauth::{DeviceApi, IntrospectionApi, JwksApi, PushedApi, RevocationApi, TokenApi, UserInfoApi};
use super::pictures::PersonPicturesApi;
use super::upload::UploadApi;
use poem_openapi::OpenApiService;

/// Every call.
pub(crate) type Apis = (
    (ClientsApi, BeginApi, WatchApi, EventsApi, PicturesApi),
    (CompanionApi, UploadApi),
    (TokenApi, PushedApi, DeviceApi, IntrospectionApi, RevocationApi, JwksApi),
    (UserInfoApi, PersonPicturesApi),
);

/// The typed API; routes and document come from here.
pub(crate) fn login_api() -> OpenApiService<Apis, ()> {
    let apis = (
        (ClientsApi, BeginApi, WatchApi, EventsApi, PicturesApi),
        (CompanionApi, UploadApi),
        (TokenApi, PushedApi, DeviceApi, IntrospectionApi, RevocationApi, JwksApi),
        (UserInfoApi, PersonPicturesApi),
    );
    OpenApiService::new(apis, "Saoma login API", env!("CARGO_PKG_VERSION"))
        .description("Scan-to-login: begin a login, follow it, hand the user to the website.")
}
