//! What may be configured, and what is told when it may not.

use super::*;
use crate::config;
use saoma_core::provider::{Assurance, ConfigError};
use serde_json::Value;

fn refused(config: &Value) -> Vec<String> {
    try_open(config).err().unwrap().0.into_iter().map(|error| error.pointer).collect()
}

#[test]
fn psh_02_safe_mode_is_the_default_and_needs_a_key() {
    let bare = json!({ "appid": APPID, "secret": SECRET, "push_token": "AAAAA" });
    let error = try_open(&bare).err().unwrap();
    let [ConfigError { pointer, code, message, .. }] = &error.0[..] else { panic!("{error}") };
    assert_eq!((pointer.as_str(), *code), ("/push_aes_key", "push_aes_key_missing"));
    assert_eq!(message, "is required unless push_mode is plain");
    assert!(try_open(&sealed(&json!({}))).is_ok() && try_open(&config(&json!({}))).is_ok());
}

#[test]
fn psh_02_number_and_scan_need_safe_mode() {
    for (confirm, assurance) in
        [("page", Assurance::CodeBack), ("number", Assurance::Number), ("scan", Assurance::ScanOnly)]
    {
        let confirm = json!({ "confirm": confirm });
        let provider = try_open(&sealed(&confirm)).unwrap();
        assert_eq!(provider.assurance(), assurance);
        assert_eq!(provider.asks_on_page(), assurance == Assurance::CodeBack);
        let compatible = sealed(&json!({ "confirm": confirm["confirm"], "push_mode": "compatible" }));
        for config in [config(&confirm), compatible] {
            match assurance {
                Assurance::CodeBack => assert!(try_open(&config).is_ok()),
                _ => assert_eq!(refused(&config), ["/confirm"]),
            }
        }
    }
}

#[test]
fn psh_02_plain_mode_and_bare_scans_are_warned_of() {
    let warned = |config: &Value| {
        let warnings = try_open(config).unwrap().warnings();
        assert!(warnings.iter().all(|warning| warning.zh.contains('。')));
        warnings.iter().map(|warning| warning.en).collect::<Vec<_>>().join("\n")
    };
    let plain = warned(&config(&json!({})));
    assert!(plain.contains("push_mode = \"plain\"") && plain.contains("set safe"), "{plain}");
    let scan = warned(&sealed(&json!({ "confirm": "scan" })));
    assert!(scan.starts_with("confirm = \"scan\"") && !scan.contains("plain"), "{scan}");
    for quiet in [json!({}), json!({ "confirm": "number" }), json!({ "push_mode": "compatible" })] {
        assert_eq!(warned(&sealed(&quiet)), "");
    }
}

#[test]
fn everything_wrong_is_told_at_once_and_no_secret_is_repeated() {
    assert_eq!(refused(&json!({})), ["/appid", "/push_token", "/secret"]);
    let bad = json!({
        "appid": "gh_1", "secret": "hunter2hunter2", "push_token": "hunter2!", "push_aes_key": "hunter2",
        "push_aes_key_previous": "hunter2", "push_mode": "secure", "push_path_secret": "hunter2",
        "confirm": "tap", "oauth_scope": "snsapi_login", "mp_verify": { "file": "../x.txt", "content": "a b" },
        "open_base": 5, "page": "x",
    });
    let told = try_open(&bad).err().unwrap().to_string();
    assert!(!told.contains("hunter2"), "{told}");
    let pointers = [
        "/appid",
        "/confirm",
        "/mp_verify/content",
        "/mp_verify/file",
        "/oauth_scope",
        "/open_base",
        "/page",
        "/push_aes_key",
        "/push_aes_key_previous",
        "/push_mode",
        "/push_path_secret",
        "/push_token",
        "/secret",
    ];
    assert_eq!(refused(&bad), pointers);
    let later = config(&json!({
        "api_base": "http://api.weixin.qq.com", "open_base": "ftp://x", "confirm": "scan", "push_mode": "compatible",
    }));
    assert_eq!(refused(&later), ["/api_base", "/confirm", "/open_base", "/push_aes_key"]);
}

#[test]
fn secrets_are_marked_and_the_path_can_be_generated() {
    let factory = kind();
    let secrets = ["/push_aes_key", "/push_aes_key_previous", "/push_path_secret", "/push_token", "/secret"];
    let mut found = config::secret_pointers(factory.config_schema());
    found.sort();
    assert_eq!(found, secrets);
    assert_eq!(factory.config_schema()["properties"]["push_path_secret"]["x-generated"], true);
    assert_eq!(open(&json!({})).push_secret().unwrap().expose(), PATH);
    let mut config = config(&json!({}));
    config.as_object_mut().unwrap().remove("push_path_secret");
    assert!(try_open(&config).unwrap().push_secret().is_none());
}

#[test]
fn the_domain_proof_is_a_file_of_one_word() {
    let proof = json!({ "mp_verify": { "file": "MP_verify_aB3.txt", "content": "aB3" } });
    let wanted = DomainProof { file: "MP_verify_aB3.txt".to_owned(), content: "aB3".to_owned() };
    assert_eq!(open(&proof).domain_proof(), Some(&wanted));
    assert_eq!(open(&json!({})).domain_proof(), None);
    for (file, content) in [
        ("MP_verify_.txt", "a"),
        ("MP_verify_a.html", "a"),
        ("mp_verify_a.txt", "a"),
        ("MP_verify_a/b.txt", "a"),
        ("MP_verify_a.txt\n", "a"),
        ("MP_verify_a.txt", ""),
        ("MP_verify_a.txt", "<b> </b>"),
        ("MP_verify_a.txt", "扫"),
        ("MP_verify_a.txt", &"a".repeat(65)),
    ] {
        let config = config(&json!({ "mp_verify": { "file": file, "content": content } }));
        assert!(try_open(&config).is_err(), "{file} {content}");
    }
}

#[test]
fn every_vendor_address_counts_for_trust_and_pictures_for_egress() {
    let silent = open(&json!({}));
    assert!(silent.vendor_is_trusted());
    assert_eq!(silent.egress().len(), 1);
    let named = open(&json!({ "oauth_scope": "snsapi_userinfo" }));
    let egress: Vec<_> = named.egress().into_iter().map(String::from).collect();
    assert_eq!(egress, ["https://api.weixin.qq.com/", "https://thirdwx.qlogo.cn/", "https://wx.qlogo.cn/"]);
    for base in ["api_base", "open_base"] {
        assert!(!open(&json!({ base: "http://127.0.0.1:8090" })).vendor_is_trusted());
    }
}
