//! What a push address is set to. That it answers is looked at from outside, by whoever can.

use super::{Report, say};
use crate::wechat::push::PushMode;
use crate::wechat::push_settings::PushAddress;
use saoma_core::provider::{Fact, FactName};

/// Adds what the console must be told.
pub(in crate::wechat) fn settings(report: &mut Report, address: &PushAddress) {
    let mode = match address.door.mode {
        PushMode::Safe => "安全模式",
        PushMode::Compatible => "兼容模式",
        PushMode::Plain => "明文模式",
    };
    if address.door.mode == PushMode::Plain {
        report.warn("push_plain", &say::PUSH_PLAIN, Vec::new());
    }
    report.fine("push_settings", &say::PUSH_SETTINGS, vec![Fact::new(FactName::PushMode, mode)]);
}
