//! Our own side: the push address and its check, the sealed message, what WeChat's pushes meet, the
//! verification file.

use super::steps::{codes, found, probed, value};
use saoma_core::provider::{FactName, ProbeDepth, Standing};
use saoma_sandbox::App;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{House, Plan};
use saoma_tests::phone::Phone;
use saoma_tests::ways::{self, PUSH_PATH_SECRET, SERVICE};

const OTHER_ACCOUNT: &str = r#"
[[provider]]
slug = "proof"
kind = "wechat_service_account"
title = "With a file"
[provider.config]
appid = "wx00000000000000d1"
secret = "101112131415161718191a1b1c1d1e1f"
push_token = "tokenOfTests"
push_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
api_base = "{vendor}"
open_base = "{vendor}"
mp_verify = { file = "MP_verify_0123456789abcdef.txt", content = "0123456789abcdef" }
"#;

every_database! {
    /// The doctor comes to the push address as WeChat would, in every mode.
    async fn the_push_address_is_called_as_wechat_would(db: &Database) {
        let house = House::open(db.url()).await;
        for (slug, sealed) in [("service", true), ("compatible", true), ("plain", false), ("website", true)] {
            let report = probed(&house, slug, ProbeDepth::Network).await;
            assert!(report.ok(), "{slug}: {report:?}");
            let address = value(found(&report, "push_echo_ok"), FactName::PushAddress);
            assert_eq!(address, format!("{}/push/{slug}/…ests", house.saoma), "only the end of its secret part");
            assert_eq!(codes(&report).contains(&"push_sealed_ok"), sealed, "{slug}");
            assert_eq!(found(&report, "push_seen").standing, Standing::Unseen);
            assert_eq!(found(&report, "public_address_local").standing, Standing::Warning);
            for finding in &report.0 {
                assert!(!format!("{finding:?}").contains(PUSH_PATH_SECRET));
            }
        }
        let mini = probed(&house, "mini", ProbeDepth::Network).await;
        assert!(!codes(&mini).iter().any(|code| code.starts_with("push")), "{mini:?}");
        house.close().await;
    }

    /// What a wrong token or key in WeChat's console looks like from here, until one message fits.
    async fn messages_that_were_refused_are_told_until_one_is_taken(db: &Database) {
        let house = House::open(db.url()).await;
        let visitor = house.visitor();
        let app = || ways::app(&SERVICE, &house.saoma);
        let mut other = app();
        other.push.as_mut().unwrap().token = "anotherToken".to_owned();
        house.sandbox.register_app(other);
        let phone = Phone::of(&visitor, "ann");
        let held = visitor.begin_by(&SERVICE).await;
        phone.scan(held.code_text()).await;
        phone.follow(&SERVICE).await;
        for _ in 0..2 {
            // The doctor's own messages are taken, and hide nothing.
            let report = probed(&house, "service", ProbeDepth::Network).await;
            assert_eq!(report.failed_codes(), ["push_refused"], "{report:?}");
            assert!(value(found(&report, "push_refused"), FactName::Moment).ends_with('Z'));
        }
        let right: App = app();
        house.sandbox.register_app(right);
        phone.scan(held.code_text()).await;
        let report = probed(&house, "service", ProbeDepth::Network).await;
        assert_eq!(found(&report, "push_seen").standing, Standing::Ok, "{report:?}");
        assert!(report.ok());
        house.close().await;
    }

    /// The file by which WeChat knows the domain.
    async fn the_verification_file_is_fetched(db: &Database) {
        let plan = Plan { extra_toml: OTHER_ACCOUNT.to_owned(), ..Plan::default() };
        let house = House::planned(db.url(), plan).await;
        let report = probed(&house, "proof", ProbeDepth::Network).await;
        let address = value(found(&report, "domain_proof_ok"), FactName::ProofAddress);
        assert_eq!(address, format!("{}/MP_verify_0123456789abcdef.txt", house.saoma));
        house.close().await;
    }
}
