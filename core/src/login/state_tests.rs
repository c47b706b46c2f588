//! Every cell of the table, written out a second time by hand.

use super::*;
use Refusal::{Ended, TooEarly, TooLate};
use Verdict::{Go, Refuse, Stay};

/// One row a stage; columns in the order of `Event::ALL`:
/// Scan, Rescan, OtherScan, Prove, Confirm, Deny, Cancel, Expire, Fail, Redeem.
fn expected() -> [(Stage, [Verdict; 10]); 9] {
    use Stage::{Cancelled, Confirmed, Conflict, Denied, Expired, Failed, Pending, Redeemed, Scanned};
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
            ],
        ),
        (Redeemed, [e, e, e, e, Stay, e, Stay, Stay, Stay, e]),
        (Denied, [e, e, e, e, e, Stay, Stay, Stay, Stay, e]),
        (Expired, [e, e, e, e, e, e, Stay, Stay, Stay, e]),
        (Cancelled, [e, e, e, e, e, e, Stay, Stay, Stay, e]),
        (Conflict, [e, e, e, e, e, e, Stay, Stay, Stay, e]),
        (Failed, [e, e, e, e, e, e, Stay, Stay, Stay, e]),
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
    assert_eq!(awaiting(Stage::Pending, true), Some(Awaiting::Scan));
    assert_eq!(awaiting(Stage::Pending, false), None);
    assert_eq!(awaiting(Stage::Scanned, true), Some(Awaiting::Phone));
    assert_eq!(awaiting(Stage::Confirmed, true), None);
}
