//! `/` and `/statistics`: Logins, counted. Numbers come from what is kept by the hour, so that many cost no
//! more than few.

use super::Admin;
use super::answer::{Stop, refuse};
use super::filter_form::{chips, choices, notes_of, pairs};
use super::logins::{Looker, line};
use super::names::Names;
use super::newest::SHOWN;
use super::room::Room;
use super::visit::Visitor;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::views::{CountLine, CountTable, HealthLine, Overview, Statistics, ends, funnel, seconds};
use saoma_admin_ui::{Moment, Place};
use saoma_core::admin::abilities::{
    CreateClients, EditProviders, ProbeProviders, ReadLogins, ReadStatistics,
};
use saoma_core::calendar::Zone;
use saoma_core::logbook::LoginFilter;
use saoma_core::page::PageRequest;
use saoma_core::statistics::{Counts, Day, ProviderHealth, StatisticsSearch};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days of the overview, today the last.
const DAYS: u16 = 14;

/// The first page.
#[handler]
pub(super) async fn overview(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let (zone, names) = (admin.house.zone(), Names::load(admin, &room.inside.caller).await?);
        let told = admin.statistics.overview(&room.permit::<ReadStatistics>()?, DAYS, zone).await?;
        let (all, first) = (LoginFilter::default(), PageRequest::first(SHOWN));
        let newest = admin.logbook.list(&room.permit::<ReadLogins>()?, &all, &first).await?;
        let looker = Looker::of(&room);
        let view = Overview {
            today: funnel(&told.today),
            days: CountTable::new("day", days(&told.days)),
            seconds: seconds(told.median_seconds),
            health: told.health.iter().map(|health| health_line(admin, health, &names)).collect(),
            newest: newest.items.into_iter().map(|attempt| line(attempt, &names, looker)).collect(),
            zone: zone.name(),
            has_way: !names.providers().is_empty(),
            has_website: !names.clients().is_empty(),
            may_add_way: room.can::<EditProviders>(),
            may_add_website: room.can::<CreateClients>(),
            may_probe: room.can::<ProbeProviders>(),
        };
        Ok(room.page(Place::Overview, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn health_line(admin: &Admin, health: &ProviderHealth, names: &Names) -> HealthLine {
    let slug = health.provider.to_string();
    let (failed_at, answer) = health.last.failure.clone().unzip();
    let refused = admin.doctor.messages_refused(&health.provider);
    let state = match health.is_failing() || refused.is_some() {
        true => "failing",
        false if health.day.begun == 0 => "quiet",
        false if health.last.success.is_none() => "unproven",
        false => "well",
    };
    HealthLine {
        title: names.provider(&slug).unwrap_or(&slug).to_owned(),
        slug,
        state,
        success: health.last.success.map(Moment::from),
        failure: failed_at.map(Moment::from),
        code: answer.flatten().and_then(|answer| answer.code),
        refused: refused.map(Moment::from),
        hour: health.hour.begun,
        day: (health.day.begun, health.day.redeemed),
    }
}

fn days(days: &[Day]) -> Vec<CountLine> {
    days.iter().map(|day| CountLine::new(day.date.to_string(), &day.counts)).collect()
}

/// Whole days, counted in every way.
#[handler]
pub(super) async fn statistics(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let permit = room.permit::<ReadStatistics>()?;
        let (zone, names) = (admin.house.zone(), Names::load(admin, &room.inside.caller).await?);
        let asked = pairs(request);
        let read =
            StatisticsSearch::parse(asked.iter().map(|(name, value)| (name.as_str(), value.as_str())), zone);
        let search = match read {
            Ok(search) => search,
            Err(problems) => {
                let mut view = form(&StatisticsSearch::default(), &names, zone);
                let typed: BTreeMap<_, _> = asked.into_iter().collect();
                let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
                (view.from, view.to) = (text("from"), text("to"));
                view.notes = notes_of(problems, &["from", "to"]);
                return Ok(room.page_as(Place::Statistics, &view, StatusCode::UNPROCESSABLE_ENTITY));
            }
        };
        let filter = search.within(zone, admin.statistics.now());
        let counted = admin.statistics.count(&permit, &filter).await?;
        let lines = |counts: &[(String, Counts)], name: &dyn Fn(&str) -> Option<String>| -> Vec<CountLine> {
            counts
                .iter()
                .map(|(key, counts)| CountLine::new(name(key).unwrap_or_else(|| key.clone()), counts))
                .collect()
        };
        let hours = (0..).zip(&counted.hours_of_day);
        let hours =
            hours.map(|(hour, counts): (u8, _)| CountLine::new(format!("{hour:02}"), counts)).collect();
        let first = counted.days.first().filter(|first| first.date > zone.day_of(filter.from));
        let view = Statistics {
            cut: first.map(|first| first.date.to_string()),
            total: funnel(&counted.total),
            seconds: seconds(counted.total.took.median_seconds()),
            ends: ends(&counted.total),
            tables: vec![
                CountTable::new("day", days(&counted.days)),
                CountTable::new("hour", hours),
                CountTable::new("client", lines(&counted.clients, &|id| names.client(id).map(str::to_owned))),
                CountTable::new(
                    "provider",
                    lines(&counted.providers, &|slug| names.provider(slug).map(str::to_owned)),
                ),
                CountTable::new("browser", lines(&counted.browsers, &|_| None)),
            ],
            ..form(&search, &names, zone)
        };
        Ok(room.page(Place::Statistics, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

fn form(search: &StatisticsSearch, names: &Names, zone: Zone) -> Statistics {
    let pairs = search.pairs();
    let text = |name: &str| {
        pairs.iter().find(|(found, _)| *found == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    Statistics {
        websites: choices(names.clients(), &text("client")),
        ways: choices(names.providers(), &text("provider")),
        from: text("from"),
        to: text("to"),
        chips: chips("/statistics", &pairs, names),
        zone: zone.name(),
        ..Statistics::default()
    }
}
