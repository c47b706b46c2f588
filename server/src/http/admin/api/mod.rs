//! `/admin/api/v1`: the admin API, one unit struct per resource.
//!
//! A handler's first argument is its permit (`Allowed<Ability>`); it calls one service with it and
//! renders. Lists are keyset pages; what can be changed is read with an `ETag` and changed with
//! `If-Match`; unknown fields are refused.

mod admins;
mod algorithm;
mod allowed;
mod audit;
mod audit_bodies;
mod client_bodies;
mod clients;
mod code;
mod doctor;
mod doctor_bodies;
mod document;
mod exported;
mod failures;
mod filtered;
mod keys;
mod login_bodies;
mod logins;
mod openid_bodies;
mod paging;
mod provider_bodies;
mod providers;
mod query_names;
mod settings;
mod shared;
mod statistics;
mod statistics_bodies;
mod tokens;
mod user_bodies;
mod user_identities;
mod user_sessions;
mod users;
mod version;

pub use document::admin_document;

use crate::http::methods::Methods;
use admins::StaffApi;
use audit::AuditApi;
use clients::AdminClientsApi;
pub(super) use code::{AdminCode, AdminProblem};
use doctor::DoctorApi;
pub(super) use filtered::{read_filter, read_search};
use keys::KeysApi;
pub(super) use keys::NEXT_KEY_WAITS;
use logins::AdminLoginsApi;
use poem_openapi::OpenApiService;
use providers::ProvidersApi;
use settings::SettingsApi;
use statistics::StatisticsApi;
use tokens::TokensApi;
use user_identities::UserPartsApi;
use user_sessions::UserSessionsApi;
use users::UsersApi;

/// Every resource.
type Apis = (
    AdminClientsApi,
    ProvidersApi,
    DoctorApi,
    UsersApi,
    UserPartsApi,
    UserSessionsApi,
    AdminLoginsApi,
    StatisticsApi,
    AuditApi,
    SettingsApi,
    KeysApi,
    StaffApi,
    TokensApi,
);

/// Where the API lives.
pub(super) const PREFIX: &str = "/admin/api";

/// Which methods its addresses take.
pub(super) fn admin_methods() -> Methods {
    Methods::of::<Apis>(&[])
}

/// The typed API; routes and document come from here.
pub(super) fn admin_api() -> OpenApiService<Apis, ()> {
    OpenApiService::new(
        (
            AdminClientsApi,
            ProvidersApi,
            DoctorApi,
            UsersApi,
            UserPartsApi,
            UserSessionsApi,
            AdminLoginsApi,
            StatisticsApi,
            AuditApi,
            SettingsApi,
            KeysApi,
            StaffApi,
            TokensApi,
        ),
        "Saoma admin API",
        env!("CARGO_PKG_VERSION"),
    )
    .description("Websites, providers, people, logins, audit: everything the admin's pages do.")
}
