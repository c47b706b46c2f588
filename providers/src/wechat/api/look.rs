//! Calls that only a doctor makes: is anybody there, and what is left of a quota.

use super::Api;
use crate::wechat::failure::Failure;
use crate::wechat::reply;
use saoma_core::Secret;
use saoma_core::provider::{CallError, Host, ProviderError, Step, VendorResponse};
use serde_json::json;

/// A call's quota of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Calls a day; 0 when there is no such limit.
    pub(crate) daily_limit: i64,
    /// Calls left.
    pub(crate) remain: i64,
}

impl Api {
    /// A token call that names no app: any answer but a refusal is not WeChat's.
    pub(crate) async fn touch(&self, host: &dyn Host) -> Result<VendorResponse, CallError> {
        let query = vec![("grant_type", Secret::new("client_credential"))];
        host.call(self.get("/cgi-bin/token", query)).await
    }

    /// What is left of the quota of one call (`openapi/quota/get`).
    pub(crate) async fn quota(&self, host: &dyn Host, of_call: &str) -> Result<Quota, ProviderError> {
        let body = json!({ "cgi_path": of_call });
        let make =
            |token| self.post("/cgi-bin/openapi/quota/get", vec![("access_token", token)], body.clone());
        self.ask_with_token(host, Step::Probe, make, quota).await
    }
}

fn quota(response: &VendorResponse) -> Result<Quota, Failure> {
    let object = reply::json(response)?;
    let told = object.get("quota").ok_or(Failure::Garbage)?;
    let number = |field| told.get(field).and_then(reply::number).ok_or(Failure::Garbage);
    Ok(Quota { daily_limit: number("daily_limit")?, remain: number("remain")? })
}
