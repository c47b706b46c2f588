//! Is it WeChat that answers, and do our clocks agree? Asked without any credentials: a token call
//! that names no app is refused for just that, and costs nobody's quota.

use super::{Report, at, found, say, trouble};
use crate::wechat::api::Api;
use crate::wechat::failure::Failure;
use crate::wechat::reply;
use saoma_core::Timestamp;
use saoma_core::provider::{Fact, FactName, Host, Standing, Step};

/// A difference nobody notices.
const NOTICED_SECONDS: u64 = 30;
/// Beyond this, messages are about to be refused as too old.
const CLOCK_LIMIT_SECONDS: u64 = 240;

/// Asks; says whether it is of any use to go on.
pub(in crate::wechat) async fn network(report: &mut Report, api: &Api, host: &dyn Host) -> bool {
    let answer = match api.touch(host).await {
        Ok(answer) => answer,
        Err(error) => {
            report.add(trouble(&Failure::Call(error).at(Step::Probe), &api.base));
            return false;
        }
    };
    let spoken = match reply::json(&answer) {
        Err(Failure::Refused(_)) => true,
        Ok(_) | Err(Failure::Call(_) | Failure::Status(_) | Failure::Garbage) => false,
    };
    if spoken {
        report.fine("api_reachable", &say::API_OK, vec![at(&api.base)]);
    } else {
        report.add(found("api_not_wechat", Standing::Failed, &say::API_NOT_WECHAT, vec![at(&api.base)]));
    }
    clock(report, host.now(), answer.date);
    spoken
}

fn clock(report: &mut Report, now: Timestamp, theirs: Option<Timestamp>) {
    let Some(theirs) = theirs else {
        return report.unseen("clock_unseen", &say::CLOCK_UNSEEN, Vec::new());
    };
    let apart = now.0.abs_diff(theirs.0) / 1000;
    let standing = match apart {
        0..=NOTICED_SECONDS => return report.fine("clock_ok", &say::CLOCK_OK, Vec::new()),
        CLOCK_LIMIT_SECONDS.. => Standing::Failed,
        _ => Standing::Warning,
    };
    let facts = vec![Fact::new(FactName::Seconds, apart.to_string())];
    report.add(found("clock_skew", standing, &say::CLOCK_SKEW, facts));
}
