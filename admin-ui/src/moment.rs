//! A moment. Views carry it as it is; templates show it by the house's clocks, to the minute or the second.

use saoma_core::Timestamp;
use saoma_core::calendar::Zone;
use serde::Serialize;
use tera::{Error, Kwargs, State, TeraResult};

/// Where the minutes of a moment end.
const TO_THE_MINUTE: usize = "2026-11-27 08:05".len();

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// RFC 3339, UTC.
    iso: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self { iso: at.to_rfc3339() }
    }
}

/// The filter `clock(zone=…, seconds=…)`: a moment as it is read in a zone.
#[expect(clippy::needless_pass_by_value, reason = "the template library gives arguments away")]
pub(crate) fn clock(iso: &str, arguments: Kwargs, _: &State<'_>) -> TeraResult<String> {
    let at = Timestamp::parse_rfc3339(iso).ok_or_else(|| Error::message("this is no moment"))?;
    let zone: &str = arguments.must_get("zone")?;
    let zone: Zone = zone.parse().map_err(|_| Error::message("this is no time zone"))?;
    let mut text = zone.text(at);
    if !arguments.get::<bool>("seconds")?.unwrap_or_default() {
        text.truncate(TO_THE_MINUTE);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tera::{Context, Tera};

    #[test]
    fn people_read_the_clocks_of_the_house() {
        let mut tera = Tera::default();
        tera.register_filter("clock", clock);
        let mut context = Context::new();
        context.insert("at", &Moment::from(Timestamp(1_700_000_000_123)));
        let read = |text: &str| tera.render_str(text, &context, false).unwrap();
        assert_eq!(read("{{ at.iso }}"), "2023-11-14T22:13:20.123Z");
        assert_eq!(read("{{ at.iso | clock(zone='UTC') }}"), "2023-11-14 22:13");
        assert_eq!(read("{{ at.iso | clock(zone='Asia/Shanghai', seconds=true) }}"), "2023-11-15 06:13:20");
    }
}
