//! `/logins`: every attempt, filtered by the address as the API filters; one with what happened when; and the
//! newest, sent as they happen.

use super::Admin;
use super::answer::{Stop, refuse};
use super::api::read_search;
use super::downloads::{download, format_of, to_list};
use super::filter_form::{address, chips, choices, notes_of, pairs, parameter};
use super::names::Names;
use super::newest::{Follower, Place as Seat};
use super::room::Room;
use super::visit::Visitor;
use crate::login_files::LoginFile;
use futures_util::StreamExt as _;
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::sse::{Event, SSE};
use poem::web::{Data, Path};
use poem::{IntoResponse as _, Request, Response, handler};
use saoma_admin_ui::views::{Login, LoginLine, Logins, NewestLogins, PassedLine, VendorLine};
use saoma_admin_ui::{Language, Moment, Place};
use saoma_core::Timestamp;
use saoma_core::admin::abilities::{
    ExportLogins, LinkUsers, ProbeProviders, ReadAudit, ReadLogins, ReadUsers,
};
use saoma_core::calendar::Zone;
use saoma_core::logbook::{Attempt, LoginSearch, Passed};
use saoma_core::login::{Reason, Stage, VendorAnswer, Words};
use saoma_core::page::PageRequest;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Rows of a page.
const ROWS: u16 = 50;
/// Parts of the filter that have a field of their own.
const FIELDS: [&str; 8] = ["client", "provider", "stage", "failed", "address", "browser", "from", "to"];
/// A message that comes so late is still about it.
const LATE_SECONDS: i64 = 60;
/// A comment line this often keeps proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The attempts that the address asks for.
#[handler]
pub(super) async fn list(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ReadLogins>()?;
        let (zone, pairs) = (admin.house.zone(), pairs(request));
        let names = Names::load(admin, &room.inside.caller).await?;
        let search = match read_search(request) {
            Ok(search) => search,
            Err(problems) => {
                let mut view = form(&LoginSearch::default(), &names, zone);
                let typed: BTreeMap<_, _> = pairs.into_iter().collect();
                let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
                (view.address, view.browser) = (text("address"), text("browser"));
                (view.from, view.to) = (text("from"), text("to"));
                view.notes = notes_of(problems, &["address", "browser", "from", "to"]);
                return Ok(room.page_as(Place::Logins, &view, StatusCode::UNPROCESSABLE_ENTITY));
            }
        };
        let after = parameter(request, "after");
        let page = PageRequest { after: after.clone(), limit: ROWS };
        let found = admin.logbook.list(&permit, &search.within(zone), &page).await?;
        let mut view = form(&search, &names, zone);
        let looker = Looker::of(&room);
        view.logins = found.items.into_iter().map(|attempt| line(attempt, &names, looker)).collect();
        let address = |more: &[(&'static str, &str)]| address("/logins", &search.pairs(), more);
        view.next = found.next.map(|mark| address(&[("after", &mark)]));
        view.first = after.map(|_| address(&[]));
        view.may_export = room.can::<ExportLogins>();
        view.export = Some(search.query())
            .filter(|query| !query.is_empty())
            .map_or_else(String::new, |query| format!("&{query}"));
        Ok(room.page(Place::Logins, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The same as a file.
#[handler]
pub(super) async fn export(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ExportLogins>()?;
        let format = format_of(request)?;
        let Ok(search) = read_search(request) else { return Ok(to_list(request)) };
        let names = Names::load(admin, &room.inside.caller).await?;
        let export = admin.login_exports.begin(&permit, &search, format.as_str()).await?;
        Ok(download("logins", format, LoginFile { format, export, names }))
    };
    begun.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// The form as the filter fills it.
fn form(search: &LoginSearch, names: &Names, zone: Zone) -> Logins {
    let mut pairs = search.pairs();
    let chips = chips("/logins", &pairs, names);
    let text = |name: &str| {
        pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (stage, failed) = (text("stage"), !text("failed").is_empty());
    let stages = Stage::ALL.map(|stage| (stage.as_str(), stage.as_str())).to_vec();
    let view = Logins {
        websites: choices(names.clients(), &text("client")),
        ways: choices(names.providers(), &text("provider")),
        stages: choices(stages, &stage),
        failed,
        address: text("address"),
        browser: text("browser"),
        from: text("from"),
        to: text("to"),
        chips,
        zone: zone.name(),
        ..Logins::default()
    };
    // Further stages, and what is chosen by links only.
    if let Some(place) = pairs.iter().position(|(name, _)| *name == "stage") {
        pairs.remove(place);
    }
    pairs.retain(|(name, _)| *name == "stage" || !FIELDS.contains(name));
    Logins { kept: pairs, ..view }
}

/// What whoever looks may do with people.
#[derive(Debug, Clone, Copy)]
pub(super) struct Looker {
    may_link: bool,
    may_see: bool,
}

impl Looker {
    pub(super) fn of(room: &Room<'_>) -> Self {
        Self { may_link: room.can::<LinkUsers>(), may_see: room.can::<ReadUsers>() }
    }
}

/// An attempt in a list.
pub(super) fn line(attempt: Attempt, names: &Names, looker: Looker) -> LoginLine {
    let may_admit = looker.may_link && is_of_somebody_unknown(&attempt);
    let user = attempt.user.map(|user| {
        let id = user.id.to_string();
        (id.clone(), user.name.unwrap_or(id))
    });
    // One that an admin rehearses is of no website.
    let website = (!attempt.client.is_of_rehearsals())
        .then(|| names.client(attempt.client.as_str()).unwrap_or(attempt.client.as_str()));
    LoginLine {
        login_id: attempt.id.to_string(),
        begun: Moment::from(attempt.begun_at),
        website: website.map(str::to_owned),
        way: names.provider(attempt.provider.as_str()).unwrap_or(attempt.provider.as_str()).to_owned(),
        stage: attempt.stage.as_str(),
        reason: attempt.reason.map(Reason::as_str),
        user,
        browser: attempt.requester.browser,
        address: attempt.requester.address.map(|address| address.to_string()),
        may_see_user: looker.may_see,
        vendor_failed: attempt.vendor_answer.is_some(),
        may_admit,
    }
}

/// Somebody was proven, and is nobody's yet; who rehearses, or adds a way to an account, need not become somebody.
fn is_of_somebody_unknown(attempt: &Attempt) -> bool {
    attempt.user.is_none() && attempt.proof_kept && attempt.ended_at.is_some() && !attempt.client.is_ours()
}

/// One attempt.
#[handler]
pub(super) async fn show(
    request: &Request,
    Path(id): Path<String>,
    Data(admin): Data<&Arc<Admin>>,
) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ReadLogins>()?;
        let id = id.parse().map_err(|_| Stop::NotFound)?;
        let attempt = admin.logbook.find(&permit, &id).await?.ok_or(Stop::NotFound)?;
        let names = Names::load(admin, &room.inside.caller).await?;
        let zone = admin.house.zone();
        let language = visitor.language;
        let view = Login {
            client_id: attempt.client.to_string(),
            slug: attempt.provider.to_string(),
            region: attempt.requester.region.map(|region| language.read(region.name())),
            until: attempt.ended_at.is_none().then(|| Moment::from(attempt.expires_at)),
            timeline: timeline(&attempt),
            earlier: attempt
                .vendor_answer
                .iter()
                .flat_map(|answer| answer.earlier.clone())
                .map(|answer| vendor(answer, language))
                .collect(),
            vendor: attempt.vendor_answer.clone().map(|answer| vendor(answer, language)),
            zone: zone.name(),
            refused: refused(admin, &attempt).map(Moment::from),
            may_probe: room.can::<ProbeProviders>(),
            may_read_audit: room.can::<ReadAudit>(),
            line: line(attempt, &names, Looker::of(&room)),
        };
        Ok(room.page(Place::Logins, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// A scan that was told to us, and refused, looks like no scan at all.
fn refused(admin: &Admin, attempt: &Attempt) -> Option<Timestamp> {
    let unseen = attempt.steps.scanned_at.is_none() && !attempt.client.is_of_rehearsals();
    let refused = admin.doctor.messages_refused(&attempt.provider).filter(|_| unseen)?;
    let until = attempt.ended_at.unwrap_or(attempt.expires_at);
    (attempt.begun_at <= refused && refused <= until.plus_seconds(LATE_SECONDS)).then_some(refused)
}

fn timeline(attempt: &Attempt) -> Vec<PassedLine> {
    let line = |moment: saoma_core::logbook::Moment| PassedLine {
        what: match moment.what {
            Passed::Begun => "begun",
            Passed::Shown => "shown",
            Passed::VendorAnswered => "vendor_answered",
            Passed::Scanned => "scanned",
            Passed::Confirmed => "confirmed",
            Passed::Ended(stage) => stage.as_str(),
        },
        at: Moment::from(moment.at),
        after: tenths(attempt.begun_at, moment.at),
        is_end: matches!(moment.what, Passed::Ended(_)),
    };
    attempt.timeline().into_iter().map(line).collect()
}

/// Seconds between two moments, to a tenth.
fn tenths(from: Timestamp, to: Timestamp) -> String {
    let tenths = (to.0 - from.0).max(0) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn vendor(answer: VendorAnswer, language: Language) -> VendorLine {
    let read = |words: Words| if language == Language::Chinese { words.zh } else { words.en };
    VendorLine {
        code: answer.code,
        problem: answer.problem,
        meaning: answer.meaning.map(read),
        cure: answer.cure.map(read),
        trace_id: answer.trace_id,
        address: answer.address,
    }
}

/// The newest as they happen, each time drawn whole. Looking is no use of the session.
#[handler]
pub(super) async fn follow(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let begun = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ReadLogins>()?;
        let Some(seat) = Seat::take(admin) else {
            return Ok(StatusCode::TOO_MANY_REQUESTS.into_response());
        };
        let follower = Follower::new(request, admin, permit, seat).ok_or(Stop::LogIn)?;
        let frame = visitor.frame_of(&room.inside, Place::Overview);
        let (admin, looker) = (Arc::clone(admin), Looker::of(&room));
        let drawn = follower.changes().map(move |newest| {
            let lines =
                newest.attempts.into_iter().map(|attempt| line(attempt, &newest.names, looker)).collect();
            let html = admin.pages.draw(&frame, &NewestLogins { logins: lines });
            Event::message(html.unwrap_or_default()).event_type("logins")
        });
        let mut response = SSE::new(drawn).keep_alive(HEARTBEAT).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        Ok(response)
    };
    begun.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_told_to_a_tenth_and_never_backwards() {
        let after = |millis: i64| tenths(Timestamp(1_000), Timestamp(1_000 + millis));
        assert_eq!(
            (after(0), after(1_290), after(-5)),
            ("0.0".to_owned(), "1.2".to_owned(), "0.0".to_owned())
        );
    }
}
