//! `/admin/api/v1/audit`: who did what, filtered; taken away as a file; verified.

use super::allowed::Allowed;
use super::audit_bodies::{AuditEvent, AuditReport, PlacedEvent};
use super::code::{AdminCode, AdminProblem};
use super::exported::{Exported, FormatName};
use super::filtered::Filtered;
use super::paging::{PageOf, page_request};
use super::shared::ReadCodes;
use crate::audit_files::AuditFile;
use crate::http::admin::Admin;
use crate::http::admin::kept::{KeptUnusable, kept};
use crate::http::problem::Failure;
use crate::table_files::FileFormat;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use saoma_core::ChangeError;
use saoma_core::admin::abilities::{ExportAudit, ReadAudit};
use saoma_core::page::Page;
use std::sync::Arc;

/// The audit.
pub(crate) struct AuditApi;

#[OpenApi(prefix_path = "/admin/api/v1")]
impl AuditApi {
    /// List audit events
    ///
    /// The newest first. The same filter makes a page and an export.
    #[oai(path = "/audit", method = "get", operation_id = "list_audit")]
    async fn list_audit(
        &self,
        permit: Allowed<ReadAudit>,
        admin: Data<&Arc<Admin>>,
        filter: Filtered,
        /// How many, 1 to 200; 50 when absent.
        limit: Query<Option<u16>>,
        /// The `next` of the page before.
        after: Query<Option<String>>,
    ) -> Result<Json<PageOf<AuditEvent>>, Failure<ReadCodes>> {
        let page = admin.audit.list(&permit, &filter.0, &page_request(limit.0, after.0)?).await?;
        let names = page.names;
        let page = Page { items: page.rows.items, next: page.rows.next };
        Ok(Json(PageOf::of(page, |row| AuditEvent::new(row, &names))))
    }

    /// Take audit events away as a file
    ///
    /// Exactly what the filter shows at this moment; that it was done is in the audit.
    #[oai(path = "/audit/export", method = "get", operation_id = "export_audit")]
    async fn export_audit(
        &self,
        permit: Allowed<ExportAudit>,
        admin: Data<&Arc<Admin>>,
        filter: Filtered,
        /// Which file; a table when absent.
        format: Query<Option<FormatName>>,
    ) -> Result<Exported, Failure<ReadCodes>> {
        let format = FileFormat::from(format.0.unwrap_or_default());
        let export = admin.audit.export(&permit, &filter.0, format.as_str()).await?;
        Ok(Exported::new("audit", format, AuditFile { format, export }))
    }

    /// Verify the audit
    ///
    /// Walks along every chain. Whether its end was cut off shows only against what was kept elsewhere: the
    /// `checkpoint_file` of the configuration, where there is one.
    #[oai(path = "/audit/verify", method = "post", operation_id = "verify_audit")]
    async fn verify_audit(
        &self,
        permit: Allowed<ReadAudit>,
        admin: Data<&Arc<Admin>>,
    ) -> Result<Json<AuditReport>, Failure<ReadCodes>> {
        let kept = kept(&admin).await.map_err(|KeptUnusable| AdminProblem::from(AdminCode::Internal))?;
        let reports = admin.audit.verify(&permit, &kept).await?;
        Ok(Json(AuditReport::new(reports, !kept.is_empty())))
    }

    /// Read an audit event
    #[oai(path = "/audit/:event_id", method = "get", operation_id = "read_audit_event")]
    async fn read_audit_event(
        &self,
        permit: Allowed<ReadAudit>,
        admin: Data<&Arc<Admin>>,
        event_id: Path<String>,
    ) -> Result<Json<PlacedEvent>, Failure<ReadCodes>> {
        let found = admin.audit.find(&permit, &event_id).await?;
        let (placed, names) = found.ok_or(ChangeError::NotFound)?;
        Ok(Json(PlacedEvent::new(placed, &names)))
    }
}
