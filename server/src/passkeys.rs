//! Passkeys by webauthn-rs: one origin and its host as RP ID, user verification required, attestation
//! not asked for.
//!
//! Knows nothing of admins, sessions or time: core keeps each ceremony's state, gives it back once, and
//! says whose credential an answer is checked by. The library's challenges come from its own generator
//! and not from our `Entropy`: a test cannot choose them, and need not.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use saoma_core::admin::{Answerer, Credential, Holder, PasskeyCheck, PasskeyProblem, Question};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;
use webauthn_rs::prelude::{
    Credential as Stored, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

/// What authenticators show as the website's name.
const RP_NAME: &str = "Saoma";
/// How long a browser waits for its user; our own limit is a little longer.
const TIMEOUT: Duration = Duration::from_mins(4);

/// See the module.
pub(crate) struct Passkeys(Option<Webauthn>);

impl Passkeys {
    /// For the house's address. Browsers allow passkeys by https, or on localhost, and for names only: an
    /// IP address is no RP ID (WebAuthn section 5.1.2).
    pub(crate) fn new(admin_url: &str) -> Self {
        Self(Url::parse(admin_url).ok().and_then(|origin| {
            let name = origin.domain()?;
            let is_secure = origin.scheme() == "https" || name == "localhost" || name.ends_with(".localhost");
            let builder = WebauthnBuilder::new(name, &origin).ok().filter(|_| is_secure)?;
            builder.rp_name(RP_NAME).timeout(TIMEOUT).build().ok()
        }))
    }

    fn library(&self) -> Result<&Webauthn, PasskeyProblem> {
        self.0.as_ref().ok_or(PasskeyProblem::NotPossible)
    }
}

impl PasskeyCheck for Passkeys {
    fn is_possible(&self) -> bool {
        self.0.is_some()
    }

    fn ask_new(&self, holder: &Holder, known: &[String]) -> Result<Question, PasskeyProblem> {
        let (id, name) = (Uuid::from_bytes(holder.handle), holder.name.as_str());
        let known = known.iter().filter_map(|id| URL_SAFE_NO_PAD.decode(id).ok()).collect();
        let asked = self.library()?.start_passkey_registration(id, name, name, Some(known));
        let (options, state) = asked.map_err(|error| problem_of(&error))?;
        let mut options = value(&options)?;
        // The library discourages it; with it the passkey alone says who comes.
        let selection = options.pointer_mut("/publicKey/authenticatorSelection");
        if let Some(selection) = selection.and_then(Value::as_object_mut) {
            selection.insert("residentKey".to_owned(), "preferred".into());
        }
        Ok(Question { options: options.to_string(), state: value(&state)?.to_string() })
    }

    fn take_new(&self, state: &str, answer: &str) -> Result<Credential, PasskeyProblem> {
        let state: PasskeyRegistration = read(state)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let made = self.library()?.finish_passkey_registration(&answer, &state);
        made.map_err(|error| problem_of(&error)).and_then(credential)
    }

    fn ask(&self, ids: &[String]) -> Result<Question, PasskeyProblem> {
        // Which credential may answer is core's to say; so one kind of question does for both cases.
        let asked = self.library()?.start_discoverable_authentication();
        let (options, state) = asked.map_err(|error| problem_of(&error))?;
        let mut options = value(&options)?;
        if let Some(asked) = options.pointer_mut("/publicKey").and_then(Value::as_object_mut) {
            let ids: Vec<Value> = ids.iter().map(|id| json!({ "type": "public-key", "id": id })).collect();
            asked.insert("allowCredentials".to_owned(), ids.into());
        }
        if let Some(options) = options.as_object_mut() {
            // A button asks here, not a field that completes itself.
            options.remove("mediation");
        }
        Ok(Question { options: options.to_string(), state: value(&state)?.to_string() })
    }

    fn read(&self, answer: &str) -> Result<Answerer, PasskeyProblem> {
        let answer: PublicKeyCredential = read(answer)?;
        Ok(Answerer {
            credential: URL_SAFE_NO_PAD.encode(answer.get_credential_id()),
            handle: answer.get_user_unique_id().filter(|handle| !handle.is_empty()).map(<[u8]>::to_vec),
        })
    }

    fn take(&self, state: &str, answer: &str, document: &str) -> Result<Credential, PasskeyProblem> {
        let state: DiscoverableAuthentication = read(state)?;
        let answer: PublicKeyCredential = read(answer)?;
        let mut passkey: Passkey = read(document)?;
        let done = self.library()?.finish_discoverable_authentication_v2(&answer, state, &passkey);
        let result = done.map_err(|error| problem_of(&error))?;
        // The library looks at it as well; that we look too costs nothing.
        if !result.user_verified() {
            return Err(PasskeyProblem::NotVerified);
        }
        passkey.update_credential(&result).ok_or(PasskeyProblem::Unknown)?;
        credential(passkey)
    }
}

fn credential(passkey: Passkey) -> Result<Credential, PasskeyProblem> {
    let document = value(&passkey)?.to_string();
    let stored = Stored::from(passkey);
    Ok(Credential {
        id: URL_SAFE_NO_PAD.encode(&stored.cred_id),
        document,
        counter: stored.counter,
        backup_eligible: stored.backup_eligible,
        backed_up: stored.backup_state,
    })
}

fn value(of: &impl Serialize) -> Result<Value, PasskeyProblem> {
    serde_json::to_value(of).map_err(|_| PasskeyProblem::Invalid)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, PasskeyProblem> {
    serde_json::from_str(text).map_err(|_| PasskeyProblem::Invalid)
}

/// What the reader can do something about is told apart; the rest is an answer that does not hold.
fn problem_of(error: &WebauthnError) -> PasskeyProblem {
    match error {
        WebauthnError::UserNotVerified | WebauthnError::UserNotPresent => PasskeyProblem::NotVerified,
        WebauthnError::InvalidRPOrigin | WebauthnError::InvalidRPIDHash => PasskeyProblem::OtherOrigin,
        WebauthnError::CredentialPossibleCompromise => PasskeyProblem::CounterBack,
        WebauthnError::MismatchedChallenge | WebauthnError::ChallengeNotFound => PasskeyProblem::Expired,
        WebauthnError::CredentialNotFound => PasskeyProblem::Unknown,
        _ => PasskeyProblem::Invalid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_by_https_or_on_this_machine() {
        for (admin_url, possible) in [
            ("https://admin.example.com", true),
            ("http://localhost:8081", true),
            ("http://127.0.0.1:8081", false),
            ("https://[::1]:8081", false),
            ("http://admin.example.com", false),
        ] {
            assert_eq!(Passkeys::new(admin_url).is_possible(), possible, "{admin_url}");
        }
    }

    #[test]
    fn adm_04_every_question_demands_user_verification_and_names_our_host() {
        let passkeys = Passkeys::new("https://admin.example.com");
        let holder = Holder { handle: [7; 16], name: "ann".parse().unwrap() };
        let new = passkeys.ask_new(&holder, &["AQID".to_owned()]).unwrap();
        let options: Value = serde_json::from_str(&new.options).unwrap();
        let key = &options["publicKey"];
        assert_eq!(key["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(key["authenticatorSelection"]["residentKey"], "preferred");
        assert_eq!((&key["rp"]["id"], &key["attestation"]), (&json!("admin.example.com"), &json!("none")));
        assert_eq!(key["excludeCredentials"][0]["id"], "AQID");
        let ask = passkeys.ask(&["AQID".to_owned()]).unwrap();
        let options: Value = serde_json::from_str(&ask.options).unwrap();
        assert_eq!(options["publicKey"]["userVerification"], "required");
        assert_eq!(options["publicKey"]["rpId"], "admin.example.com");
        assert_eq!(options["publicKey"]["allowCredentials"][0]["id"], "AQID");
        assert!(options.get("mediation").is_none());
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        let passkeys = Passkeys::new("https://admin.example.com");
        let state = passkeys.ask(&[]).unwrap().state;
        for answer in ["", "{}", "[]", "null"] {
            assert_eq!(passkeys.read(answer).unwrap_err(), PasskeyProblem::Invalid);
            assert_eq!(passkeys.take(&state, answer, "{}").unwrap_err(), PasskeyProblem::Invalid);
        }
    }
}
