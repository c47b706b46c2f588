//! `GET·POST /push/{provider}/{path_secret}`: the vendor's servers. Plain text and the vendor's own
//! format; whoever sends rubbish learns nothing from the answer.
//!
//! A push is in the database before it is answered. What has to be asked of the vendor is asked
//! after the answer, in a task that the database remembers.

use super::address::client_address;
use super::parameters;
use super::problem::Problem;
use super::public_state::Public;
use bytes::Bytes;
use poem::http::{Method, StatusCode, header};
use poem::web::{Data, Path};
use poem::{Request, Response, handler};
use saoma_core::StoreError;
use saoma_core::id::LoginId;
use saoma_core::login::{PushAnswer, PushError, Resumed};
use saoma_core::provider::{RawInbound, Reject, Reply};
use std::sync::Arc;

/// Seconds after which a vendor that got 503 may try again.
const TRY_AGAIN_SECONDS: u32 = 2;
/// What every refusal says; its status is all there is to know.
const REFUSED: &str = "refused\n";

/// A message of the vendor's servers, or its check of our address.
#[handler]
pub(super) async fn push(
    request: &Request,
    body: Bytes,
    Data(public): Data<&Arc<Public>>,
    Path((provider, secret)): Path<(String, String)>,
) -> Response {
    let address = client_address(request, &public.settings);
    if let Err(problem) = public.limits.check_guesser(address, public.clock.now()) {
        return waiting(&problem);
    }
    let Ok(query) = parameters::parse(request.uri().query().unwrap_or_default().as_bytes()) else {
        return text(StatusCode::BAD_REQUEST);
    };
    let raw = RawInbound::Push { is_post: request.method() == Method::POST, query, body };
    match Box::pin(public.logins.push(&provider, &secret, raw)).await {
        Ok(answer) => match carry_out(public, &answer).await {
            Ok(()) => accepted(public, answer),
            Err(error) => waiting(&error.into()),
        },
        Err(PushError::Store(error)) => waiting(&error.into()),
        Err(error) => {
            let status = refusal(&error);
            // An address that is none may hold anything, a secret in the wrong place too.
            let provider = (!matches!(error, PushError::UnknownAddress)).then_some(provider.as_str());
            tracing::warn!(provider, why = %error, "a push was refused");
            match public.limits.missed(address, public.clock.now()) {
                Ok(()) => text(status),
                Err(problem) => waiting(&problem),
            }
        }
    }
}

/// A duty towards a person is done before the vendor hears that we have heard; it may be done twice.
async fn carry_out(public: &Public, answer: &PushAnswer) -> Result<(), StoreError> {
    match &answer.change {
        Some((identity, change)) => public.people.carry_out(identity, *change).await,
        None => Ok(()),
    }
}

fn accepted(public: &Arc<Public>, answer: PushAnswer) -> Response {
    public.pushes.count(&answer.outcome);
    if let Some(login) = answer.unfinished {
        drop(public.tasks.spawn(finish(Arc::clone(public), login)));
    }
    match answer.reply {
        Some(Reply { media_type, body }) => Response::builder().content_type(media_type).body(body),
        None => Response::builder().status(StatusCode::OK).finish(),
    }
}

async fn finish(public: Arc<Public>, login: LoginId) {
    match public.logins.resume(&login).await {
        Ok(Resumed::Done) => {}
        Ok(Resumed::Failed(error)) => drop(Problem::from(error)),
        // Housekeeping finds the consent in its row and tries again.
        Err(error) => drop(Problem::from(error)),
    }
}

const fn refusal(error: &PushError) -> StatusCode {
    match error {
        PushError::UnknownAddress | PushError::Rejected(Reject::NotForUs) => StatusCode::NOT_FOUND,
        PushError::Rejected(Reject::Malformed) => StatusCode::BAD_REQUEST,
        PushError::Rejected(Reject::NotAuthentic) => StatusCode::FORBIDDEN,
        PushError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn text(status: StatusCode) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(REFUSED)
}

/// A refusal that is not about the message itself.
pub(super) fn waiting(problem: &Problem) -> Response {
    let mut response = text(problem.code.status());
    if matches!(problem.code.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        let seconds = problem.retry_after().unwrap_or(TRY_AGAIN_SECONDS);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
