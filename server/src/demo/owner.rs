//! The demo's throw-away owner: enrolled as anybody is, with an app that lives in this function.
//!
//! Whoever tries the demo has no app set up for it, so the recovery codes are printed in place of its.

use crate::process::Failed;
use saoma_core::admin::{AdminService, EnrolForm, EnrolProof, Visit};
use saoma_core::{Clock, Entropy, Secret};
use serde_json::{Value, json};

const NAME: &str = "owner";
/// How many recovery codes are printed for people; there are ten.
const PRINTED: usize = 3;

/// How to get into the admin's house.
pub(super) struct Owner {
    password: String,
    codes: Vec<String>,
}

impl Owner {
    /// Enrols one.
    pub(super) async fn enrol(
        admins: &AdminService,
        entropy: &dyn Entropy,
        clock: &dyn Clock,
    ) -> Result<Self, Failed> {
        let link = admins.bootstrap(None).await?.ok_or("there is no link for the demo's owner")?;
        let enrolment = admins.find_enrolment(&link, None).await?.ok_or("the demo's link does not hold")?;
        let password = entropy.base62(16);
        let form = EnrolForm {
            name: NAME.to_owned(),
            password: Secret::new(password.as_str()),
            proof: EnrolProof::App {
                code: enrolment.key.code_at(clock.now()).unwrap_or_default(),
                sealed_key: enrolment.sealed_key,
            },
        };
        let enrolled = admins.enrol(&link, &form, &Visit::default()).await?;
        let codes = enrolled.recovery_codes.iter().map(|code| code.expose().to_owned()).collect();
        Ok(Self { password, codes })
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        json!({ "name": NAME, "password": self.password, "codes": self.codes })
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let codes: Vec<&str> = self.codes.iter().take(PRINTED).map(String::as_str).collect();
        format!("{NAME} · {} · {}", self.password, codes.join(" / "))
    }
}
