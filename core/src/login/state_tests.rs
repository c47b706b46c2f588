//! Every cell of the table, written out a second time by hand.

use super::*;
use Refusal::{Ended, TooEarly, TooLate};
use Stage::{Cancelled, Confirmed, Conflict, Denied, Expired, Failed, Pending, Redeemed, Scanned};
use Verdict::{Go, Refuse, Stay};

/// One row a stage; columns in the order of `Event::ALL`:
/// Scan, Rescan, OtherScan, Prove, Confirm, Deny, Cancel, Expire, Fail, Redeem, Consent, Disown.
fn expected() -> [(Stage, [Verdict; 12]); 9] {
    let e = Refuse(Ended);
    [
        (
            Pending,
            [
                Go(Scanned),
                Refuse(TooEarly),
                Refuse(TooEarly),
                Go(Confirmed),
                Refuse(TooEarly),
                Go(Denied),
                Go(Cancelled),
                Go(Expired),
                Go(Failed),
                Refuse(TooEarly),
                Refuse(TooEarly),
                Refuse(TooEarly),
            ],
        ),
        (
            Scanned,
            [
                Refuse(TooLate),
                Go(Scanned),
                Go(Conflict),
                Refuse(TooLate),
                Go(Confirmed),
                Go(Denied),
                Go(Cancelled),
                Go(Expired),
                Go(Failed),
                Refuse(TooEarly),
                Go(Scanned),
                Refuse(TooEarly),
            ],
        ),
        (
            Confirmed,
            [
                Refuse(TooLate),
                Stay,
                Stay,
                Refuse(TooLate),
                Stay,
                Stay,
                Go(Cancelled),
                Go(Expired),
                Stay,
                Go(Redeemed),
                Stay,
                Go(Denied),
            ],
        ),
        (Redeemed, [e, e, e, e, Stay, e, Stay, Stay, Stay, e, e, Stay]),
        (Denied, [e, e, e, e, e, Stay, Stay, Stay, Stay, e, e, Stay]),
        (Expired, [e, e, e, e, e, e, Stay, Stay, Stay, e, e, e]),
        (Cancelled, [e, e, e, e, e, e, Stay, Stay, Stay, e, e, e]),
        (Conflict, [e, e, e, e, e, e, Stay, Stay, Stay, e, e, e]),
        (Failed, [e, e, e, e, e, e, Stay, Stay, Stay, e, e, e]),
    ]
}

#[test]
fn every_cell_is_as_written() {
    for (stage, row) in expected() {
        for (event, verdict) in Event::ALL.into_iter().zip(row) {
            assert_eq!(next(stage, event), verdict, "{stage:?} × {event:?}");
        }
    }
}

#[test]
fn ends_are_final_and_words_round_trip() {
    for stage in Stage::ALL {
        assert_eq!(Stage::parse(stage.as_str()), Some(stage));
        for event in Event::ALL {
            assert!(!(stage.is_end() && matches!(next(stage, event), Go(_))), "{stage:?} × {event:?}");
        }
    }
    assert_eq!(Stage::parse("Pending"), None);
}

#[test]
fn a_page_is_told_what_is_awaited() {
    assert_eq!(awaiting(Pending, true, false), Some(Awaiting::Scan));
    assert_eq!(awaiting(Pending, false, false), None);
    assert_eq!(awaiting(Scanned, true, false), Some(Awaiting::Phone));
    assert_eq!(awaiting(Scanned, true, true), Some(Awaiting::CodeBack));
    assert_eq!(awaiting(Confirmed, true, false), None);
}
