//! What an operator reads before anybody has scanned.

use super::*;
use crate::wechat::testing::{QUOTA, ScriptedHost, TOKEN, errcode, ok, order, query, shape};
use saoma_core::provider::{Fact, FactName, Happened, Inbound, ProbeDepth, ProbeReport, PushTrial, TrialOf};

const CODE: &[u8] = br#"{"ticket":"gQ","expire_seconds":60,"url":"http:\/\/weixin.qq.com\/q\/02"}"#;

async fn probed(config: &Value, host: &ScriptedHost, depth: ProbeDepth) -> ProbeReport {
    let report = try_open(config).unwrap().probe(host, &order(depth)).await;
    host.calls();
    report
}

#[tokio::test]
async fn good_credentials_are_all_green_and_leave_a_minutes_code() {
    let host = ScriptedHost::new([errcode(41002), ok(TOKEN), ok(CODE), ok(QUOTA), errcode(40029)]);
    let report = probed(&sealed(&json!({})), &host, ProbeDepth::Credentials).await;
    let wanted = "ok credentials_ok, ok scene_code_ok, ok quota_left, ok web_code_ok";
    assert!(shape(&report).ends_with(wanted), "{report:?}");
    assert_eq!(host.sent(2).json.unwrap()["expire_seconds"], 60);
}

#[tokio::test]
async fn the_settings_say_what_to_choose_and_what_to_enter() {
    let none = ScriptedHost::new([]);
    let report = probed(&sealed(&json!({})), &none, ProbeDepth::Offline).await;
    let wanted = "ok settings_ok, ok push_settings, not_looked_at domain_proof_unset, \
        not_looked_at callback_domain, not_looked_at unionid_unused";
    assert_eq!(shape(&report), wanted);
    assert!(
        report.0[1].seen.en.contains("安全模式") && report.0[1].cure.as_ref().unwrap().zh.contains("启用")
    );
    assert_eq!(report.0[3].facts, [Fact::new(FactName::CallbackDomain, "login.example")]);
    let told = format!("{report:?}");
    assert!(!told.contains(PATH) && !told.contains("AAAAA"), "{told}");
    let plain = probed(&config(&json!({})), &none, ProbeDepth::Offline).await;
    assert!(shape(&plain).contains("warning push_plain"), "{plain:?}");
}

#[tokio::test]
async fn dangers_are_named() {
    let none = ScriptedHost::new([]);
    let scan = sealed(&json!({ "confirm": "scan", "open_base": "http://127.0.0.1:8090" }));
    let found = shape(&probed(&scan, &none, ProbeDepth::Offline).await);
    assert!(found.contains("warning scan_only") && found.contains("warning vendor_untrusted"), "{found}");
}

#[tokio::test]
async fn an_account_that_is_not_verified_reads_why() {
    let host = ScriptedHost::new([errcode(41002), ok(TOKEN), errcode(48001), ok(QUOTA), errcode(40125)]);
    let report = probed(&sealed(&json!({})), &host, ProbeDepth::Credentials).await;
    assert_eq!(report.failed_codes(), ["account_not_verified", "wrong_secret"]);
}

/// What the doctor sends to our address is what our own door takes.
#[test]
fn trials_pass_the_door_they_are_made_for_and_no_other() {
    let host = ScriptedHost::at(1_700_000_000);
    let push = |trial: &PushTrial| {
        let pairs: Vec<_> = trial.query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = trial.body.clone().unwrap_or_default();
        RawInbound::Push { is_post: trial.body.is_some(), query: query(&pairs), body }
    };
    for settings in [sealed(&json!({})), sealed(&json!({ "push_mode": "compatible" }))] {
        let own = try_open(&settings).unwrap();
        let trials = own.push_trials(&host);
        let [echo, seal] = &trials[..] else { panic!("{} trials", trials.len()) };
        assert_eq!((echo.of, seal.of), (TrialOf::Echo, TrialOf::Seal));
        let Ok(Inbound::Direct(reply)) = own.parse(&host, push(echo)) else { panic!("no echo") };
        assert_eq!(Some(reply.body), echo.answer);
        let Ok(Inbound::Push(taken)) = own.parse(&host, push(seal)) else { panic!("not opened") };
        assert_eq!(taken.happened, Happened::Other);
        let mut other = settings.clone();
        other["push_aes_key"] = "Z".repeat(43).into();
        let other = try_open(&other).unwrap();
        assert!(other.parse(&host, push(echo)).is_ok() && other.parse(&host, push(seal)).is_err());
    }
    let plain = try_open(&config(&json!({}))).unwrap().push_trials(&host);
    assert_eq!(plain.len(), 1, "in plain mode nothing is sealed");
}
