//! What an operator reads before anybody has scanned.

use super::*;
use crate::wechat::testing::{ScriptedHost, TOKEN, errcode, ok};
use saoma_core::provider::{ProbeDepth, ProbeLine};

const CODE: &[u8] = br#"{"ticket":"gQ","expire_seconds":60,"url":"http:\/\/weixin.qq.com\/q\/02"}"#;

async fn probed(config: &Value, host: &ScriptedHost, depth: ProbeDepth) -> Vec<ProbeLine> {
    let lines = try_open(config).unwrap().probe(host, depth).await.0;
    host.calls();
    lines
}

fn shape(lines: &[ProbeLine]) -> Vec<(&'static str, bool)> {
    lines.iter().map(|line| (line.check, line.ok)).collect()
}

#[tokio::test]
async fn good_credentials_are_all_green_and_leave_a_minutes_code() {
    let host = ScriptedHost::new([ok(TOKEN), ok(CODE), errcode(40029)]);
    let lines = probed(&sealed(&json!({})), &host, ProbeDepth::Credentials).await;
    let wanted =
        [("settings", true), ("push", true), ("app_token", true), ("code", true), ("web_code", true)];
    assert_eq!(shape(&lines), wanted);
    assert_eq!(host.sent(1).json.unwrap()["expire_seconds"], 60);
}

#[tokio::test]
async fn the_push_line_says_what_to_choose_and_paste_without_the_whole_secret() {
    let none = ScriptedHost::new([]);
    let lines = probed(&sealed(&json!({})), &none, ProbeDepth::Offline).await;
    let told = &lines[1].finding;
    assert!(
        told.contains("安全模式") && told.contains("/push/service/…-_AZ") && !told.contains(PATH),
        "{told}"
    );
    let plain = probed(&config(&json!({})), &none, ProbeDepth::Offline).await;
    assert!(plain[1].finding.contains("明文模式") && plain[1].finding.contains("push_mode"));
    let mut nowhere = config(&json!({}));
    nowhere.as_object_mut().unwrap().remove("push_path_secret");
    let lines = probed(&nowhere, &none, ProbeDepth::Offline).await;
    assert!(lines[1].ok && lines[1].finding.contains("when the server starts"));
}

#[tokio::test]
async fn dangers_are_named() {
    let none = ScriptedHost::new([]);
    let scan = sealed(&json!({ "confirm": "scan", "open_base": "http://127.0.0.1:8090" }));
    let told = &probed(&scan, &none, ProbeDepth::Offline).await[0].finding;
    for word in ["scan_only", "trusted_vendor_bases", "mp_verify"] {
        assert!(told.contains(word), "{told}");
    }
}

#[tokio::test]
async fn an_account_that_is_not_verified_reads_why() {
    let host = ScriptedHost::new([ok(TOKEN), errcode(48001), errcode(40125)]);
    let lines = probed(&sealed(&json!({})), &host, ProbeDepth::Credentials).await;
    assert_eq!(shape(&lines)[3..], [("code", false), ("web_code", false)]);
    assert!(lines[3].finding.contains("verification") && lines[4].finding.contains("AppSecret"));
}
