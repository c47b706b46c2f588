//! What WeChat says, each by its fault: a stable code, words in both languages, the cure, the values.

use super::steps::{codes, doctor, found, permit, probed, value};
use saoma_core::audit::AuditScope;
use saoma_core::doctor::DoctorError;
use saoma_core::page::PageRequest;
use saoma_core::provider::{FactName, ProbeDepth, Standing};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APP_SECRET, House, mini_program};
use saoma_tests::inspect::{clear_faults, fault, rows};
use saoma_tests::ways::{self, SERVICE, WEBSITE};
use serde_json::{Value, json};

const TOKEN: &str = "/cgi-bin/stable_token";
const TOUCH: &str = "/cgi-bin/token";
const PICTURE: &str = "/wxa/getwxacodeunlimit";
const CODE: &str = "/cgi-bin/qrcode/create";
const QUOTA: &str = "/cgi-bin/openapi/quota/get";
const SESSION: &str = "/sns/jscode2session";
const PAGE: &str = "/connect/qrconnect";

/// Provider, call, fault, and what is found then.
type Case = (&'static str, &'static str, Value, &'static str, Standing);

fn cases() -> Vec<Case> {
    use Standing::{Failed, Unseen, Warning};
    let code = |code: i64| json!({ "errcode": code });
    vec![
        (
            "mini",
            TOKEN,
            json!({"errcode": 40164, "errmsg": "invalid ip 9.8.7.6, not in whitelist"}),
            "ip_not_allowed",
            Failed,
        ),
        ("mini", TOKEN, code(40125), "wrong_secret", Failed),
        ("mini", TOKEN, code(40001), "wrong_secret", Failed),
        ("mini", TOKEN, code(40013), "wrong_appid", Failed),
        ("mini", TOKEN, code(40243), "secret_frozen", Failed),
        ("mini", TOKEN, code(50007), "account_blocked", Failed),
        ("mini", TOKEN, code(89503), "ip_consent_pending", Failed),
        ("mini", TOKEN, code(89506), "ip_refused", Failed),
        ("mini", SESSION, code(40125), "wrong_secret", Failed),
        ("mini", PICTURE, code(41030), "page_not_published", Failed),
        ("mini", PICTURE, code(45009), "quota_used_up", Failed),
        ("mini", PICTURE, code(123_456), "vendor_refused", Failed),
        ("mini", QUOTA, code(76022), "quota_left", Unseen),
        ("service", CODE, code(48001), "account_not_verified", Failed),
        ("service", CODE, code(45009), "quota_used_up", Failed),
        ("service", TOUCH, json!({"clock_skew_seconds": -900}), "clock_skew", Failed),
        ("service", TOUCH, json!({"clock_skew_seconds": 120}), "clock_skew", Warning),
        ("website", TOUCH, json!("garbage"), "api_not_wechat", Failed),
        ("website", TOUCH, json!("reset_after_commit"), "api_unreachable", Failed),
        ("website", PAGE, code(10003), "callback_domain", Failed),
        ("website", PAGE, code(10005), "scope_not_granted", Failed),
        ("website", PAGE, json!("garbage"), "callback_domain", Unseen),
    ]
}

every_database! {
    /// Each fault is told, is gone when it is over, and nothing but an audit row is written.
    async fn every_finding_comes_with_its_fault_and_goes_with_it(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        for (slug, call, kind, code, standing) in cases() {
            let mut before = rows(db).await;
            fault(&visitor, call, &kind, None).await;
            let report = probed(&house, slug, ProbeDepth::Credentials).await;
            clear_faults(&visitor).await;
            let finding = found(&report, code);
            assert_eq!(finding.standing, standing, "{call} {kind}: {report:?}");
            let fails = if standing == Standing::Failed { vec![code] } else { vec![] };
            assert_eq!(report.failed_codes(), fails, "{call} {kind}");
            if standing == Standing::Failed {
                let cure = finding.cure.as_ref().unwrap_or_else(|| panic!("{code} has no cure"));
                for words in [&finding.seen, cure] {
                    assert!(words.en.ends_with('.') && words.zh.ends_with('。'), "{words:?}");
                    assert!(!words.en.contains('{') && !words.zh.contains('{'), "{words:?}");
                }
            }
            let mut after = rows(db).await;
            let audit = |rows: &mut std::collections::BTreeMap<&'static str, String>| -> u64 {
                rows.remove("audit_events").unwrap().parse().unwrap()
            };
            assert_eq!(audit(&mut after), audit(&mut before) + 1);
            assert_eq!(after, before, "{call} {kind}");
            assert!(probed(&house, slug, ProbeDepth::Credentials).await.ok(), "{call} {kind}");
        }
        house.close().await;
    }

    /// What the pretend WeChat refuses by its own rules, as the real one does.
    async fn what_is_set_up_wrong_at_wechat_is_found(db: &Database) {
        let house = House::open(db.url()).await;
        let mini = || mini_program(&house.saoma);
        house.sandbox.register_app(saoma_sandbox::App {
            ip_allow_list: Some(vec!["9.9.9.9".parse().unwrap()]), ..mini()
        });
        let report = probed(&house, "mini", ProbeDepth::Credentials).await;
        assert_eq!(value(found(&report, "ip_not_allowed"), FactName::OutgoingAddress), "127.0.0.1");
        house.sandbox.register_app(saoma_sandbox::App { pages: Vec::new(), ..mini() });
        let report = probed(&house, "mini", ProbeDepth::Credentials).await;
        assert_eq!(report.failed_codes(), ["page_not_published"]);
        house.sandbox.register_app(saoma_sandbox::App {
            domains: vec!["elsewhere.example".to_owned()], ..ways::app(&WEBSITE, &house.saoma)
        });
        let report = probed(&house, "website", ProbeDepth::Credentials).await;
        assert_eq!(value(found(&report, "callback_domain"), FactName::CallbackDomain), "127.0.0.1", "the host alone");
        house.sandbox.register_app(saoma_sandbox::App {
            verified: false, ..ways::app(&SERVICE, &house.saoma)
        });
        let report = probed(&house, "service", ProbeDepth::Credentials).await;
        assert!(report.failed_codes().contains(&"account_not_verified"), "{report:?}");
        house.close().await;
    }

    /// The account's own counters, as WeChat's quota call tells them. Each examination makes one code.
    async fn the_quota_that_is_left_is_told(db: &Database) {
        let house = House::open(db.url()).await;
        for (ceiling, code, left) in
            [(50, "quota_left", "49"), (21, "quota_left", "19"), (22, "quota_left", "19"), (40, "quota_left", "36")]
        {
            house.sandbox.set_quotas(saoma_sandbox::Quotas { account_codes_per_day: ceiling, ..Default::default() });
            let report = probed(&house, "service", ProbeDepth::Credentials).await;
            assert_eq!(value(found(&report, code), FactName::Remaining), left, "{ceiling}");
        }
        house.sandbox.set_quotas(saoma_sandbox::Quotas { account_codes_per_day: 5, ..Default::default() });
        let report = probed(&house, "service", ProbeDepth::Credentials).await;
        assert_eq!(report.failed_codes(), ["quota_used_up"], "the fifth code was the last: {report:?}");
        house.close().await;
    }

    /// No depth looks further than it says, and none tells a secret; each leaves its row.
    async fn each_depth_asks_no_more_than_it_says(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        saoma_tests::inspect::forget_calls(&visitor).await;
        let asked = async |path: &str| saoma_tests::inspect::calls(&visitor, path).await;
        let offline = probed(&house, "mini", ProbeDepth::Offline).await;
        assert_eq!((asked(TOUCH).await, asked(TOKEN).await), (0, 0));
        let network = probed(&house, "mini", ProbeDepth::Network).await;
        assert_eq!((asked(TOUCH).await, asked(TOKEN).await), (1, 0));
        let all = probed(&house, "mini", ProbeDepth::Credentials).await;
        assert_eq!((asked(TOUCH).await, asked(TOKEN).await), (2, 1));
        assert!(codes(&all).starts_with(&codes(&offline)) && codes(&network).len() < codes(&all).len());
        let told = format!("{offline:?}{network:?}{all:?}");
        assert!(!told.contains(APP_SECRET));
        let page = PageRequest::first(100);
        let audit = house.server().parts().stores.audit.list_audit(&AuditScope::all(), &page).await.unwrap();
        let details: Vec<_> = audit.items.iter().filter(|row| row.action == "provider.probed").collect();
        let details: Vec<_> = details.iter().map(|row| (row.target.as_str(), row.detail.as_deref())).collect();
        assert_eq!(details.len(), 3, "{details:?}");
        for depth in ["offline", "network", "credentials"] {
            assert!(details.contains(&("mini", Some(depth))), "{details:?}");
        }
        let nobody = doctor(&house).probe(&permit(&house), &"nothing".parse().unwrap(), ProbeDepth::Offline).await;
        assert!(matches!(nobody, Err(DoctorError::UnknownProvider)), "{nobody:?}");
        house.close().await;
    }
}
