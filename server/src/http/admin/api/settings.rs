//! `/admin/api/v1/settings`: what owners set, and what retention is about.

use super::allowed::Allowed;
use super::shared::{ChangeCodes, ReadCodes};
use super::version::{etag, if_match};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use saoma_core::admin::abilities::{EditSettings, ReadSettings};
use saoma_core::settings::{CurrentSettings, SettingsChange, TableSize};
use std::sync::Arc;

/// The settings as they hold.
#[derive(Debug, Object)]
#[oai(rename = "Settings")]
struct SettingsView {
    /// What the house is called.
    name: String,
    /// Where a day begins, as an IANA name.
    time_zone: String,
    /// Days that ended logins stay.
    login_retention_days: u32,
    /// Days that audit events stay; 0 is for ever.
    audit_retention_days: u32,
    /// Minutes that an admin's session lives without use.
    session_idle_minutes: u32,
    /// Hours that it lives in all.
    session_hours: u32,
    /// Whether owners must log in by passkey.
    owners_need_passkeys: bool,
    /// Those that the configuration file has: read-only here.
    managed_by_file: Vec<String>,
    /// Grows with every change; the `ETag`.
    version: i64,
}

impl From<&CurrentSettings> for SettingsView {
    fn from(current: &CurrentSettings) -> Self {
        Self {
            name: current.name.clone(),
            time_zone: current.time_zone.name().to_owned(),
            login_retention_days: current.login_retention_days,
            audit_retention_days: current.audit_retention_days,
            session_idle_minutes: current.session_idle_minutes,
            session_hours: current.session_hours,
            owners_need_passkeys: current.owners_need_passkeys,
            managed_by_file: current.from_file.iter().map(|it| it.as_str().to_owned()).collect(),
            version: current.version,
        }
    }
}

/// How large the tables are.
#[derive(Debug, Object)]
struct Sizes {
    /// By class.
    tables: Vec<ClassSize>,
    /// Bytes of the whole database.
    bytes: i64,
}

/// A class of tables.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
struct ClassSize {
    /// `logins`, `audit` or `users`.
    class: String,
    /// Rows, about.
    rows: i64,
    /// Bytes, where the database tells.
    bytes: Option<i64>,
}

impl From<TableSize> for ClassSize {
    fn from(size: TableSize) -> Self {
        Self { class: size.class.to_owned(), rows: size.rows, bytes: size.bytes }
    }
}

/// What is to be otherwise; what is absent stays.
#[derive(Debug, Object)]
#[oai(rename = "SettingsChange", deny_unknown_fields)]
struct ChangeBody {
    /// What the house is called.
    name: Option<String>,
    /// The IANA name of a zone.
    time_zone: Option<String>,
    /// 1 to 3650.
    login_retention_days: Option<u32>,
    /// 0, or 30 to 36500.
    audit_retention_days: Option<u32>,
    /// 5 to 60.
    session_idle_minutes: Option<u32>,
    /// 1 to 24.
    session_hours: Option<u32>,
    /// Whether owners must log in by passkey.
    owners_need_passkeys: Option<bool>,
}

impl From<ChangeBody> for SettingsChange {
    fn from(body: ChangeBody) -> Self {
        Self {
            name: body.name,
            time_zone: body.time_zone,
            login_retention_days: body.login_retention_days,
            audit_retention_days: body.audit_retention_days,
            session_idle_minutes: body.session_idle_minutes,
            session_hours: body.session_hours,
            owners_need_passkeys: body.owners_need_passkeys,
        }
    }
}

#[derive(ApiResponse)]
enum TheSettings {
    /// As they hold.
    #[oai(status = 200)]
    Ok(
        Json<SettingsView>,
        /// Their version.
        #[oai(header = "ETag")]
        String,
    ),
}

impl From<&CurrentSettings> for TheSettings {
    fn from(current: &CurrentSettings) -> Self {
        Self::Ok(Json(current.into()), etag(current.version))
    }
}

/// Settings.
pub(crate) struct SettingsApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl SettingsApi {
    /// Read the settings
    #[oai(path = "/settings", method = "get", operation_id = "read_settings")]
    #[expect(clippy::unused_async, reason = "the framework calls async methods only")]
    async fn read_settings(
        &self,
        permit: Allowed<ReadSettings>,
        admin: Data<&Arc<Admin>>,
    ) -> Result<TheSettings, Failure<ReadCodes>> {
        Ok((&*admin.house.find(&permit)).into())
    }

    /// Change settings
    ///
    /// They hold at once.
    #[oai(path = "/settings", method = "patch", operation_id = "update_settings")]
    async fn update_settings(
        &self,
        permit: Allowed<EditSettings>,
        admin: Data<&Arc<Admin>>,
        #[oai(name = "If-Match")] version: Header<Option<String>>,
        body: Body<ChangeBody>,
    ) -> Result<TheSettings, Failure<ChangeCodes>> {
        let version = if_match(version.as_deref())?;
        Ok((&*admin.house.update(&permit, version, &body.0.into()).await?).into())
    }

    /// Read how large the tables are
    ///
    /// Estimates, which cost nothing.
    #[oai(path = "/settings/sizes", method = "get", operation_id = "read_sizes")]
    async fn read_sizes(
        &self,
        permit: Allowed<ReadSettings>,
        admin: Data<&Arc<Admin>>,
    ) -> Result<Json<Sizes>, Failure<ReadCodes>> {
        let (tables, bytes) = admin.house.sizes(&permit).await?;
        Ok(Json(Sizes { tables: tables.into_iter().map(ClassSize::from).collect(), bytes }))
    }
}
