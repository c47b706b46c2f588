//! What each answer of our own address is to the doctor.

use super::*;
use crate::provider::FactName;

const ADDRESS: &str = "https://id.example/push/wx/the-secret-part";

fn facts() -> Vec<Fact> {
    vec![Fact::new(FactName::PushAddress, ADDRESS)]
}

fn trial(of: TrialOf, answer: Option<&'static str>) -> PushTrial {
    PushTrial { of, query: Vec::new(), body: None, answer: answer.map(Bytes::from) }
}

fn answered(status: u16, body: &'static str) -> Tried {
    Tried { status, body: Bytes::from(body) }
}

#[test]
fn an_echo_must_come_back_byte_for_byte() {
    let echo = trial(TrialOf::Echo, Some("123"));
    for (answer, code) in [
        (Ok(answered(200, "123")), "push_echo_ok"),
        (Ok(answered(200, "\"123\"")), "push_echo_wrong"),
        (Ok(answered(200, "123\n")), "push_echo_wrong"),
        (Ok(answered(301, "123")), "push_echo_wrong"),
        (Ok(answered(403, "refused")), "push_echo_wrong"),
        (Err(CallError::Timeout), "push_address_unreachable"),
        (Err(CallError::Unreachable), "push_address_unreachable"),
    ] {
        let finding = judged(&echo, answer, facts());
        assert_eq!(finding.code, code);
    }
}

#[test]
fn of_a_push_address_the_end_is_told() {
    let told = recognisable(&ADDRESS.parse().unwrap());
    assert_eq!(told, "https://id.example/push/wx/…part");
}

#[test]
fn a_sealed_message_is_told_by_its_status() {
    let seal = trial(TrialOf::Seal, None);
    assert_eq!(judged(&seal, Ok(answered(200, "success")), facts()).code, "push_sealed_ok");
    let wrong = judged(&seal, Ok(answered(403, "refused")), facts());
    assert_eq!((wrong.code, wrong.standing), ("push_key_wrong", Standing::Failed));
    assert!(wrong.cure.is_some() && wrong.seen.zh.contains("403"), "{wrong:?}");
}

#[test]
fn wechat_comes_to_two_ports_only() {
    for (address, fits) in [
        ("https://id.example/push", true),
        ("http://id.example/push", true),
        ("https://id.example:8443/push", false),
        ("http://127.0.0.1:8080/push", true),
        ("http://localhost:8080/push", true),
    ] {
        let found = port(&address.parse().unwrap(), &facts());
        assert_eq!(found.is_none(), fits, "{address}");
    }
}

#[test]
fn only_a_problem_of_ours_shows_that_it_is_us() {
    for (body, ours) in [
        (r#"{"code":"unknown_client"}"#, true),
        ("<html>", false),
        ("{}", false),
        (r#"{"code":404}"#, false),
        ("", false),
    ] {
        assert_eq!(is_ours(&Bytes::from(body)), ours, "{body}");
    }
}

#[test]
fn paths_go_below_the_address_whatever_is_in_them() {
    let public: Url = "https://id.example/".parse().unwrap();
    assert_eq!(below(&public, &["push", "wx", "a/b"]).unwrap().as_str(), "https://id.example/push/wx/a%2Fb");
}
