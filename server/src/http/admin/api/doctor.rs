//! `/admin/api/v1/providers/{slug}/probe` and `…/rehearsals`: the doctor, and logins that an admin
//! rehearses with a real phone.

use super::allowed::Allowed;
use super::code::{AdminCode, AdminProblem};
use super::doctor_bodies::{NewRehearsal, ProbeBody, RehearsalView, ReportView};
use super::shared::{CreateCodes, ReadCodes};
use crate::http::admin::Admin;
use crate::http::body::Body;
use crate::http::problem::Failure;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};
use saoma_core::ChangeError;
use saoma_core::admin::abilities::ProbeProviders;
use saoma_core::doctor::{BeginRehearsal, DoctorError, Rehearsal};
use saoma_core::id::LoginId;
use saoma_core::login::RehearsalError;
use saoma_core::provider::ProviderSlug;
use std::sync::Arc;

#[derive(ApiResponse)]
enum Begun {
    /// Show its challenge; then read it until it has ended.
    #[oai(status = 201)]
    Created(Json<RehearsalView>),
}

/// The doctor.
pub(crate) struct DoctorApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl DoctorApi {
    /// Look at a provider
    ///
    /// As deep as asked: the settings; also the network and our own address; also the app credentials.
    /// Nothing is kept but an audit row. The answer may take some seconds.
    #[oai(path = "/providers/:slug/probe", method = "post", operation_id = "probe_provider")]
    async fn probe_provider(
        &self,
        permit: Allowed<ProbeProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
        body: Body<ProbeBody>,
    ) -> Result<Json<ReportView>, Failure<CreateCodes>> {
        let slug = parse(&slug)?;
        let report = admin.doctor.probe(&permit, &slug, body.0.depth.into()).await?;
        Ok(Json(ReportView::new(&slug, &report)))
    }

    /// Begin a rehearsed login
    ///
    /// A real login with a real phone that proves the whole way and writes no user.
    #[oai(path = "/providers/:slug/rehearsals", method = "post", operation_id = "begin_rehearsal")]
    async fn begin_rehearsal(
        &self,
        permit: Allowed<ProbeProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
        body: Body<NewRehearsal>,
    ) -> Result<Begun, Failure<CreateCodes>> {
        let wanted = BeginRehearsal { provider: parse(&slug)?, browser: None, locale: body.0.locale };
        let begun = admin.doctor.rehearse(&permit, wanted).await?;
        Ok(Begun::Created(Json(view(&begun, &admin))))
    }

    /// Read a rehearsed login
    #[oai(path = "/providers/:slug/rehearsals/:login_id", method = "get", operation_id = "read_rehearsal")]
    async fn read_rehearsal(
        &self,
        permit: Allowed<ProbeProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
        login_id: Path<String>,
    ) -> Result<Json<RehearsalView>, Failure<ReadCodes>> {
        let (slug, id) = (parse(&slug)?, parse_login(&login_id)?);
        let found = admin.doctor.find_rehearsal(&permit, &slug, &id).await?;
        Ok(Json(view(&found.ok_or(ChangeError::NotFound)?, &admin)))
    }

    /// End a rehearsed login early
    ///
    /// May be repeated.
    #[oai(
        path = "/providers/:slug/rehearsals/:login_id/cancel",
        method = "post",
        operation_id = "cancel_rehearsal"
    )]
    async fn cancel_rehearsal(
        &self,
        permit: Allowed<ProbeProviders>,
        admin: Data<&Arc<Admin>>,
        slug: Path<String>,
        login_id: Path<String>,
    ) -> Result<Json<RehearsalView>, Failure<ReadCodes>> {
        let (slug, id) = (parse(&slug)?, parse_login(&login_id)?);
        let ended = admin.doctor.end_rehearsal(&permit, &slug, &id).await?;
        Ok(Json(view(&ended.ok_or(ChangeError::NotFound)?, &admin)))
    }
}

fn view(rehearsal: &Rehearsal, admin: &Admin) -> RehearsalView {
    RehearsalView::new(rehearsal, &admin.public.settings.public_url)
}

fn parse(text: &str) -> Result<ProviderSlug, ChangeError> {
    text.parse().map_err(|_| ChangeError::NotFound)
}

fn parse_login(text: &str) -> Result<LoginId, ChangeError> {
    text.parse().map_err(|_| ChangeError::NotFound)
}

impl From<DoctorError> for AdminProblem {
    fn from(error: DoctorError) -> Self {
        match error {
            DoctorError::UnknownProvider => AdminCode::UnknownResource.into(),
            DoctorError::Store(error) => error.into(),
        }
    }
}

impl From<RehearsalError> for AdminProblem {
    fn from(error: RehearsalError) -> Self {
        match error {
            RehearsalError::UnknownProvider => AdminCode::UnknownResource.into(),
            RehearsalError::ProviderNotOpen => Self::because(AdminCode::Conflict, "provider_not_open"),
            // What a probe would find: ask it for the cure.
            RehearsalError::Vendor(error) => {
                let upstream = error.upstream.as_deref();
                Self::because(AdminCode::Conflict, upstream.map_or(error.kind.code(), |told| told.finding))
            }
            RehearsalError::Store(error) => error.into(),
        }
    }
}
