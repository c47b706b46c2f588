//! OP-18: somebody at the sandbox who confirms by themselves, for test suites without a phone: a whole login on
//! this machine, and no way to have it anywhere else. That no release has the flag is shown by the bench.

use reqwest::StatusCode;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::House;
use saoma_tests::program;
use saoma_tests::relying_party::{SiteBrowser, answered, tokens, usual_request};
use saoma_tests::wait::eventually;
use tokio::sync::Mutex;

every_database! {
    async fn op_18_a_whole_login_needs_no_phone(db: &Database) {
        let house = House::open(db.url()).await;
        house.sandbox.let_confirm_alone("ann");
        let mut browser = SiteBrowser::new(&house);
        let page = browser.to_login_page(&usual_request()).await;
        assert_eq!(browser.start(&page, "mini").await.status, StatusCode::CREATED);
        let browser = Mutex::new(browser);
        let went_on = eventually("the page goes on", async || {
            let answer = browser.lock().await.get(&page).await;
            (answer.status == StatusCode::SEE_OTHER).then_some(answer)
        });
        let answer = answered(&went_on.await);
        let (_, claims) = tokens(&browser.lock().await.visitor, &answer["code"]).await;
        assert_eq!(claims["nonce"], "website-nonce");
        house.close().await;
    }
}

/// The sandbox serves no such person to a server elsewhere, whatever listens there.
#[test]
fn op_18_nobody_confirms_alone_for_a_server_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    for server in ["https://login.example.com", "https://localhost.emobix.co.uk:8443", "http://10.0.0.1"] {
        let arguments = ["sandbox", "--listen", "127.0.0.1:0", "--self-confirming", "--server", server];
        let said = program::run(&arguments, folder.path(), &[]);
        assert_eq!(said.code, Some(1), "{server}: {}", said.stderr);
        assert!(said.stderr.contains("for a server on this machine"), "{server}: {}", said.stderr);
    }
}

/// The suite's configuration is good, and at an address that is not loopback it starts nothing.
#[test]
fn op_18_a_server_elsewhere_takes_no_sandbox_for_wechat() {
    let toml = include_str!("../../conformance/saoma.toml");
    let folder = tempfile::tempdir().unwrap();
    let check = |public_url: &str| {
        let file = folder.path().join("saoma.toml");
        std::fs::write(&file, toml.replace("https://localhost:9443", public_url)).unwrap();
        program::run(&["config", "check"], folder.path(), &[])
    };
    let good = check("https://localhost:9443");
    assert_eq!(good.code, Some(0), "{}{}", good.stdout, good.stderr);
    let refused = check("https://login.example.com");
    assert_eq!(refused.code, Some(1));
    let told = format!("{}{}", refused.stdout, refused.stderr);
    assert!(told.contains("vendor_base_not_trusted"), "{told}");
}

/// Builds have it by their profile, or by asking for it in words.
#[test]
fn op_18_no_default_build_asks_for_it() {
    for manifest in
        [include_str!("../../../server/Cargo.toml"), include_str!("../../../providers/sandbox/Cargo.toml")]
    {
        let manifest: toml::Table = manifest.parse().unwrap();
        let features = manifest["features"].as_table().unwrap();
        assert!(features.contains_key("conformance") && !features.contains_key("default"));
    }
}
