//! Codes about the arguments of calls: pages, scenes, links, bodies; and features we do not use,
//! so that an admin who meets one still reads what it means.

use super::{ErrCode, alert, later, our_fault, until};

const RELEASE_IT: &str = "Release the mini-program with this page, or set check_path = false until then; page has no slash in front.";
const NOT_USED: &str = "This program makes no such call: look for another that uses this app.";

pub(super) const TABLE: &[ErrCode] = &[
    our_fault(40033, "the body holds escaped characters"),
    our_fault(40035, "an argument is wrong"),
    our_fault(40053, "action_info is wrong"),
    our_fault(40066, "an address is wrong"),
    alert(40097, "an argument is wrong", "Check env_version and page of this provider."),
    our_fault(40129, "the scene holds forbidden characters"),
    alert(40159, "the length of the path is wrong", "Shorten the setting page."),
    alert(40165, "the page path is wrong", RELEASE_IT),
    our_fault(40169, "the scene is too long, or the body is not JSON"),
    alert(40212, "the query of a link is wrong", NOT_USED),
    until(
        40240,
        alert(
            40230,
            "the signing or encryption of calls does not fit",
            "Switch API signing off for these calls in WeChat's console.",
        ),
    ),
    alert(41030, "the page is not in the released version", RELEASE_IT),
    later(44990, 1, "more than 100 calls a second", "Nothing to do: it passes."),
    alert(44993, "the day's number of links is used up", NOT_USED),
    alert(45029, "the account's permanent codes are used up", NOT_USED),
    our_fault(47001, "the body cannot be parsed"),
    until(61007, alert(61004, "a third-party platform does not let this address or app in", NOT_USED)),
    alert(61024, "the call must be made by the third-party platform of this app", NOT_USED),
    until(76004, alert(76001, "a trace id could not be looked up", "Trace ids are kept for seven days.")),
    until(76022, alert(76021, "a quota could not be looked up", NOT_USED)),
    alert(85079, "the mini-program has never been released", RELEASE_IT),
    alert(85088, "the app has no cloud base", NOT_USED),
    alert(
        85096,
        "scancode_time is a reserved name",
        "Rename the page or parameter that is called scancode_time.",
    ),
    alert(85401, "the life of a link is out of range", NOT_USED),
    alert(85402, "env_version is wrong", "Set env_version to release, trial or develop."),
    until(85408, alert(85406, "links of this app are limited or banned", NOT_USED)),
];
