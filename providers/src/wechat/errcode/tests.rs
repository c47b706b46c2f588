//! The tables against the published list: nothing missing, nothing twice, nothing unsaid.

use super::*;

/// Every code of the documentation that this program follows, with what it asks for: r(etry),
/// t(oken), n(ew action), b(locked), x (alert).
const PUBLISHED: &str = "-1r 40001t 40002x 40003x 40013x 40014t 40029n 40030n 40033x 40035x 40053x 40066x 40097x \
    40125x 40129x 40159x 40163n 40164x 40165x 40169x 40212x 40226b 40230x 40235x 40240x 40243x 41001x 41002x 41003x \
    41004x 41008x 41009x 41030x 42001t 42002n 42003n 42007n 43002x 43003x 43004n 44990r 44993x 45009r 45011r 45015x \
    45029x 45047x 47001x 48001x 48002x 48004x 48006x 50001n 50002b 50004x 50005n 50007x 61004x 61007x 61024x 76001x \
    76002x 76003x 76004x 76021x 76022x 85079x 85088x 85096x 85401x 85402x 85406x 85407x 85408x 87007x 87008x 87009x \
    89501x 89502x 89503x 89506x 89507x";

fn letter(action: Action) -> char {
    match action {
        Action::Retry { .. } => 'r',
        Action::RefreshToken => 't',
        Action::NewAction => 'n',
        Action::Refuse => 'b',
        Action::Alert => 'x',
    }
}

#[test]
fn every_published_code_has_its_action() {
    for word in PUBLISHED.split_whitespace() {
        let (code, action) = word.split_at(word.len() - 1);
        let entry = find(code.parse().unwrap()).unwrap_or_else(|| panic!("{code} is missing"));
        assert_eq!(letter(entry.action).to_string(), action, "{code}");
    }
}

#[test]
fn no_code_stands_twice_and_runs_are_runs() {
    let mut runs: Vec<_> = all().map(|entry| (entry.first, entry.last)).collect();
    runs.sort_unstable();
    assert!(runs.iter().all(|(first, last)| first <= last));
    assert!(runs.windows(2).all(|pair| pair[0].1 < pair[1].0), "{runs:?}");
}

#[test]
fn every_entry_says_something_to_everyone() {
    for entry in all().chain(app::TOKEN_CALL).chain([&UNKNOWN]) {
        for text in [entry.meaning, entry.cure, entry.sentence] {
            assert!(text.en.len() > 5 && text.zh.chars().count() > 3, "{}", entry.first);
        }
        let sentences = [entry.cure, entry.sentence];
        assert!(sentences.iter().all(|said| said.en.ends_with('.')), "{}", entry.first);
        assert!(sentences.iter().all(|said| said.zh.ends_with('。')), "{}", entry.first);
    }
}

#[test]
fn what_admins_ask_about_most_has_a_finding_of_its_own() {
    for (code, finding) in [
        (40164, "ip_not_allowed"),
        (40125, "wrong_secret"),
        (40013, "wrong_appid"),
        (41030, "page_not_published"),
        (45009, "quota_used_up"),
        (48001, "account_not_verified"),
        (89503, "ip_consent_pending"),
        (40001, "token_refused"),
        (40097, "vendor_refused"),
    ] {
        assert_eq!(find(code).unwrap().finding(), finding, "{code}");
    }
    assert_eq!(find_for_token_call(40001).unwrap().finding(), "wrong_secret");
    assert_eq!(UNKNOWN.finding(), "vendor_refused");
}

#[test]
fn codes_mean_something_else_after_a_token_call() {
    assert_eq!(find(40001).unwrap().kind(), Kind::Unavailable);
    assert_eq!(find_for_token_call(40001).unwrap().kind(), Kind::Misconfigured);
    assert_eq!(find(45009).unwrap().kind(), Kind::Quota { retry_after: 60 });
    assert_eq!(find_for_token_call(45009).unwrap().kind(), Kind::Quota { retry_after: 3600 });
    assert_eq!(find_for_token_call(40164).unwrap().kind(), Kind::Misconfigured);
}

#[test]
fn kinds_follow_from_actions() {
    for (code, kind) in [
        (-1, Kind::Unavailable),
        (40029, Kind::ProofInvalid),
        (40163, Kind::ProofInvalid),
        (40226, Kind::PersonBlocked),
        (41030, Kind::Misconfigured),
        (45011, Kind::Quota { retry_after: 60 }),
    ] {
        assert_eq!(find(code).unwrap().kind(), kind, "{code}");
    }
    assert!(find(12345).is_none());
    assert_eq!(UNKNOWN.kind(), Kind::Unavailable);
}
