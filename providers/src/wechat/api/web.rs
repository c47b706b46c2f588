//! The calls after a browser came back with a code: who it stands for, and what they are called.
//!
//! The person's own tokens are used for the next call at most and kept nowhere.

use super::patience::ask;
use super::{Api, id};
use crate::wechat::failure::{Failure, Repeat};
use crate::wechat::reply;
use saoma_core::Secret;
use saoma_core::provider::{Host, Kind, ProviderError, Step, VendorResponse};

/// What a code stands for.
pub(crate) struct Grant {
    /// The person within this app.
    pub(crate) openid: String,
    /// The person within the open-platform account, where the vendor tells it here.
    pub(crate) unionid: Option<String>,
    token: Secret,
    scope: String,
    is_snapshot: bool,
}

impl Grant {
    /// Whether the person let us read their name. The vendor's list may end with a comma.
    pub(crate) fn covers(&self, scope: &str) -> bool {
        self.scope.split(',').any(|one| one.trim() == scope)
    }
}

/// What the vendor tells of a person.
#[derive(Default)]
pub(crate) struct Person {
    /// As the person wrote it.
    pub(crate) nickname: Option<String>,
    /// Where their picture is.
    pub(crate) picture: Option<String>,
    /// The person within the open-platform account.
    pub(crate) unionid: Option<String>,
}

impl Api {
    /// Who the code of a callback stands for (`sns/oauth2/access_token`).
    pub(crate) async fn grant(&self, host: &dyn Host, code: &Secret) -> Result<Grant, ProviderError> {
        let query = vec![
            ("appid", Secret::new(self.appid.as_str())),
            ("secret", self.secret.clone()),
            ("code", code.clone()),
            ("grant_type", Secret::new("authorization_code")),
        ];
        let request = self.get("/sns/oauth2/access_token", query);
        let answer = ask(host, request, Repeat::OnceMore, grant).await;
        let grant = answer.map_err(|failure| failure.at(Step::ProveSubject))?;
        // A preview of the page gives out made-up people.
        let unreal = ProviderError::silent(Step::ProveSubject, Kind::PersonUnreal);
        if grant.is_snapshot { Err(unreal) } else { Ok(grant) }
    }

    /// What the person is called (`sns/userinfo`).
    pub(crate) async fn person(&self, host: &dyn Host, grant: &Grant) -> Result<Person, ProviderError> {
        let query = vec![
            ("access_token", grant.token.clone()),
            ("openid", Secret::new(grant.openid.as_str())),
            ("lang", Secret::new("zh_CN")),
        ];
        let request = self.get("/sns/userinfo", query);
        let answer = ask(host, request, Repeat::Harmless, person).await;
        match answer {
            Ok((openid, person)) if openid == grant.openid => Ok(person),
            Ok(_) => Err(Failure::Garbage.at(Step::LearnPerson)),
            Err(failure) => Err(failure.at(Step::LearnPerson)),
        }
    }
}

fn grant(response: &VendorResponse) -> Result<Grant, Failure> {
    let object = reply::json(response)?;
    Ok(Grant {
        openid: id(&object, "openid").ok_or(Failure::Garbage)?,
        unionid: id(&object, "unionid"),
        token: Secret::new(reply::text(&object, "access_token").ok_or(Failure::Garbage)?),
        scope: reply::text(&object, "scope").unwrap_or_default().to_owned(),
        is_snapshot: object.get("is_snapshotuser").and_then(reply::number).is_some_and(|flag| flag != 0),
    })
}

fn person(response: &VendorResponse) -> Result<(String, Person), Failure> {
    let object = reply::json(response)?;
    let text = |field| reply::text(&object, field).map(str::to_owned);
    let person =
        Person { nickname: text("nickname"), picture: text("headimgurl"), unionid: id(&object, "unionid") };
    Ok((id(&object, "openid").ok_or(Failure::Garbage)?, person))
}
