//! `/settings`: what owners set while the house runs, and how large what retention is about has become.

use super::Admin;
use super::answer::{Stop, refuse};
use super::form::Form;
use super::room::{Room, back};
use super::visit::Visitor;
use crate::http::callback::see_other;
use bytes::Bytes;
use poem::web::Data;
use poem::{Request, Response, handler};
use saoma_admin_ui::Place;
use saoma_admin_ui::views::{HouseSettings, SizeLine};
use saoma_core::admin::abilities::{EditSettings, ReadSettings};
use saoma_core::calendar::Zone;
use saoma_core::settings::{CurrentSettings, SettingsChange};
use std::sync::Arc;

/// What holds.
#[handler]
pub(super) async fn show(request: &Request, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let shown = async {
        let room = Room::enter(&visitor).await?;
        let mut view = view_of(&room).await?;
        view.saved = request.uri().query() == Some("saved");
        Ok(room.page(Place::Settings, &view))
    };
    shown.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// Changes them.
#[handler]
pub(super) async fn change(request: &Request, body: Bytes, Data(admin): Data<&Arc<Admin>>) -> Response {
    let visitor = Visitor::new(request, admin);
    let done = async {
        let (room, form) = Room::take(&visitor, &body).await?;
        let permit = room.permit::<EditSettings>()?;
        let why =
            match admin.house.update(&permit, form.version(), &read(&form, &admin.house.current())).await {
                Ok(_) => return Ok(see_other("/settings?saved")),
                Err(error) => back(error)?,
            };
        let mut view = view_of(&room).await?;
        let status = why.status();
        (view.notes, view.trouble) = why.parts();
        if view.trouble.is_none() {
            fill(&mut view, &form);
        }
        Ok(room.page_as(Place::Settings, &view, status))
    };
    done.await.unwrap_or_else(|stop: Stop| refuse(&visitor, stop))
}

/// What was typed; a number that is none is out of every range.
fn read(form: &Form, current: &CurrentSettings) -> SettingsChange {
    let text = |name: &str| form.sent(name).map(str::to_owned);
    let number = |name: &str| form.sent(name).map(|text| text.trim().parse().unwrap_or(u32::MAX));
    // A box that cannot be ticked is not sent.
    let locked = current.from_file.iter().any(|setting| setting.as_str() == "owners_need_passkeys");
    SettingsChange {
        name: text("name"),
        time_zone: text("time_zone").map(|zone| zone.trim().to_owned()),
        login_retention_days: number("login_retention_days"),
        audit_retention_days: number("audit_retention_days"),
        session_idle_minutes: number("session_idle_minutes"),
        session_hours: number("session_hours"),
        owners_need_passkeys: (!locked).then(|| form.is_on("owners_need_passkeys")),
    }
}

fn fill(view: &mut HouseSettings, form: &Form) {
    let fields = [
        ("name", &mut view.name),
        ("time_zone", &mut view.time_zone),
        ("login_retention_days", &mut view.login_retention_days),
        ("audit_retention_days", &mut view.audit_retention_days),
        ("session_idle_minutes", &mut view.session_idle_minutes),
        ("session_hours", &mut view.session_hours),
    ];
    for (name, place) in fields {
        form.get(name).clone_into(place);
    }
    view.owners_need_passkeys = form.is_on("owners_need_passkeys");
}

async fn view_of(room: &Room<'_>) -> Result<HouseSettings, Stop> {
    let permit = room.permit::<ReadSettings>()?;
    let house = &room.visitor.admin.house;
    let current = house.find(&permit);
    let (sizes, whole) = house.sizes(&permit).await?;
    let sizes = sizes.into_iter().map(|size| SizeLine {
        class: size.class,
        rows: size.rows,
        size: size.bytes.map(readable),
    });
    Ok(HouseSettings {
        name: current.name.clone(),
        time_zone: current.time_zone.name().to_owned(),
        zones: Zone::names().collect(),
        login_retention_days: current.login_retention_days.to_string(),
        audit_retention_days: current.audit_retention_days.to_string(),
        session_idle_minutes: current.session_idle_minutes.to_string(),
        session_hours: current.session_hours.to_string(),
        owners_need_passkeys: current.owners_need_passkeys,
        locked: current.from_file.iter().map(|setting| setting.as_str()).collect(),
        version: current.version,
        may_edit: room.can::<EditSettings>(),
        sizes: sizes.collect(),
        database: readable(whole),
        ..HouseSettings::default()
    })
}

/// Bytes as people read them: one decimal, a thousand to the next unit.
fn readable(bytes: i64) -> String {
    let mut tenths = bytes.saturating_mul(10);
    let mut units = ["B", "kB", "MB", "GB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while tenths >= 10_000 {
        let Some(next) = units.next() else { break };
        (tenths, unit) = (tenths / 1000, next);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn sizes_are_read_in_their_unit() {
        let told = [0, 999, 1000, 1_234_567, 5_000_000_000_000].map(readable);
        assert_eq!(told, ["0.0 B", "999.0 B", "1.0 kB", "1.2 MB", "5000.0 GB"]);
    }
}
