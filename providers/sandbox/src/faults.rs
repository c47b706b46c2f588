//! Trouble on demand: which vendor call goes wrong, how, and how often.
//! It only chooses; `vendor` carries the chosen fault out.

use serde::Deserialize;

use crate::vendor::api::Api;

/// How a call goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum FaultKind {
    Named(NamedFault),
    Delay(Delay),
    ClockSkew(ClockSkew),
    Status(Status),
    Errcode(InjectedErrcode),
}

/// Faults without a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NamedFault {
    ResetAfterCommit,
    Garbage,
    /// As always, but without a unionid: the app is bound to no open-platform account.
    NoUnionid,
}

/// Answers late, then as always.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delay {
    pub(crate) delay_ms: u64,
}

/// Answers as always, by a clock that goes wrong by so many seconds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClockSkew {
    pub(crate) clock_skew_seconds: i32,
}

/// Answers a bare HTTP status; nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Status {
    pub(crate) status: u16,
}

/// Answers an API error; nothing changes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InjectedErrcode {
    pub(crate) errcode: i32,
    pub(crate) errmsg: Option<String>,
}

impl FaultKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Named(NamedFault::ResetAfterCommit) => "reset_after_commit",
            Self::Named(NamedFault::Garbage) => "garbage",
            Self::Named(NamedFault::NoUnionid) => "no_unionid",
            Self::Delay(_) => "delay_ms",
            Self::ClockSkew(_) => "clock_skew_seconds",
            Self::Status(_) => "status",
            Self::Errcode(_) => "errcode",
        }
    }
}

struct Fault {
    api: Api,
    kind: FaultKind,
    left: Option<u32>,
}

/// The faults in force; the oldest that fits comes first.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault for the next `times` calls, or for ever.
    pub(crate) fn add(&mut self, api: Api, kind: FaultKind, times: Option<u32>) {
        self.0.push(Fault { api, kind, left: times });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for the call that has just come in, used up by one.
    pub(crate) fn take(&mut self, api: Api) -> Option<FaultKind> {
        self.0.retain(|fault| fault.left != Some(0));
        let fault = self.0.iter_mut().find(|fault| fault.api == api)?;
        if let Some(left) = &mut fault.left {
            *left -= 1;
        }
        Some(fault.kind.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_from_the_documented_json() {
        let read = |text: &str| serde_json::from_str::<FaultKind>(text).map(|kind| kind.name());
        assert_eq!(read(r#""reset_after_commit""#).unwrap(), "reset_after_commit");
        assert_eq!(read(r#""garbage""#).unwrap(), "garbage");
        assert_eq!(read(r#""no_unionid""#).unwrap(), "no_unionid");
        assert_eq!(read(r#"{"clock_skew_seconds":-600}"#).unwrap(), "clock_skew_seconds");
        assert_eq!(read(r#"{"delay_ms":10}"#).unwrap(), "delay_ms");
        assert_eq!(read(r#"{"status":502}"#).unwrap(), "status");
        assert_eq!(read(r#"{"errcode":-1,"errmsg":"x"}"#).unwrap(), "errcode");
        assert!(read(r#"{"delay_ms":10,"status":502}"#).is_err());
    }

    #[test]
    fn faults_are_used_up_in_order_and_only_by_their_call() {
        let mut faults = Faults::default();
        faults.add(Api::Token, FaultKind::Status(Status { status: 500 }), Some(1));
        faults.add(Api::Token, FaultKind::Named(NamedFault::Garbage), None);
        assert_eq!(faults.take(Api::Session), None);
        let names: Vec<_> = (0..3).filter_map(|_| faults.take(Api::Token)).map(|kind| kind.name()).collect();
        assert_eq!(names, ["status", "garbage", "garbage"]);
        faults.clear();
        assert_eq!(faults.take(Api::Token), None);
    }
}
