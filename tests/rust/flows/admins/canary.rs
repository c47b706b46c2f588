//! SEC-01 and SEC-04 for the admin's house: what admins type and are shown once stands in no log of the real
//! binary at its most talkative, and in no dump of its database.

use nix::sys::signal::Signal;
use reqwest::{Method, StatusCode, header};
use saoma::SystemClock;
use saoma_core::Clock as _;
use saoma_tests::admin::{AdminBrowser, Answer, PASSWORD, Proofs, answer};
use saoma_tests::canaries::Canaries;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{APPID, Plan};
use saoma_tests::installed::Installed;
use saoma_tests::program::run;
use serde_json::{Value, json};

const TYPED: [(&str, &str); 6] = [
    ("password", PASSWORD),
    ("wrong password", "canary-wrong-password"),
    ("app secret", "c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0"),
    ("push token", "CanaryPushToken"),
    ("session that nobody has", "canary-session-0000000000000000000000000000"),
    ("token that nobody has", "canary-bearer"),
];

/// An owner whose every secret is planted.
struct Owner {
    browser: AdminBrowser,
    csrf: String,
    proofs: Proofs,
    key: String,
}

impl Owner {
    async fn enrolled(house: &Installed) -> (Self, String) {
        let said = run(&["admin", "bootstrap"], house.folder(), &[]);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let link =
            said.stdout.lines().find_map(|line| line.split_once("/enrol/")).unwrap().1.trim().to_owned();
        let mut browser = AdminBrowser::at(&house.admin);
        let form = browser.get(&format!("/enrol/{link}")).await;
        assert_eq!(form.status, StatusCode::OK, "{}", form.html);
        let key = form.html.split_once("class=\"key\">").unwrap().1.split_once('<').unwrap().0.to_owned();
        let proofs = browser.enrol_at(SystemClock.now(), &link, "ann").await;
        let csrf = browser.csrf().await;
        (Self { browser, csrf, proofs, key }, link)
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        answer(self.browser.call(method, path, &self.csrf).json(body)).await
    }
}

/// Makes what has a secret, and remembers it.
async fn make_things(owner: &Owner, sandbox: &str, canaries: &mut Canaries) {
    let client = json!({ "client_id": "mine", "name": "Mine", "type": "confidential" });
    let made = owner.ask(Method::POST, "/clients", &client).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
    canaries.add("client secret", made.json["client_secret"].as_str().unwrap());
    let token = json!({ "name": "t", "scope": ["clients.read"], "days": 1 });
    let token = owner.ask(Method::POST, "/tokens", &token).await;
    canaries.add("API token", token.json["secret"].as_str().unwrap());
    let invited = owner.ask(Method::POST, "/invitations", &json!({ "role": "auditor" })).await;
    canaries.add("invitation", invited.json["url"].as_str().unwrap().rsplit('/').next().unwrap());
    let way = json!({ "slug": "mine", "kind": "wechat_service_account", "config": {
        "appid": APPID, "secret": TYPED[2].1, "push_token": TYPED[3].1, "push_mode": "plain", "api_base": sandbox, "open_base": sandbox,
    } });
    let made = owner.ask(Method::POST, "/providers", &way).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
    // The vendor does not know this secret, and says so.
    let probed = owner.ask(Method::POST, "/providers/mine/probe", &json!({ "depth": "credentials" })).await;
    assert_eq!((probed.status, &probed.json["ok"]), (StatusCode::OK, &json!(false)), "{}", probed.json);
}

/// Says secrets where they do not belong.
async fn go_wrong(owner: &mut Owner, house: &Installed) {
    let mut stranger = AdminBrowser::at(&house.admin);
    stranger.get("/log-in").await;
    assert_ne!(stranger.try_log_in("ann", TYPED[1].1, "000000").await.status, StatusCode::SEE_OTHER);
    stranger.cookies.insert("saoma-admin".to_owned(), TYPED[4].1.to_owned());
    stranger.get(&format!("/audit?q={}", TYPED[1].1)).await;
    let bearer = stranger
        .request(Method::GET, "/admin/api/v1/clients")
        .header(header::AUTHORIZATION, format!("Bearer {}", TYPED[5].1));
    assert_eq!(answer(bearer).await.status, StatusCode::UNAUTHORIZED);
    let unknown = json!({ "client_id": "x", "name": "X", "type": "confidential", "secret": TYPED[2].1 });
    assert!(owner.ask(Method::POST, "/clients", &unknown).await.status.is_client_error());
    let recovery = owner.proofs.recovery_codes[0].clone();
    let by_recovery = stranger.try_log_in("ann", PASSWORD, &recovery).await;
    assert_eq!(by_recovery.status, StatusCode::SEE_OTHER, "{}", by_recovery.html);
}

every_database! {
    async fn sec_01_and_sec_04_what_admins_type_is_in_no_log_and_no_dump(db: &Database) {
        let plan = Plan { extra_toml: "[log]\nlevel = \"debug\"\n".to_owned(), ..Plan::default() };
        let mut house = Installed::open(db.url(), plan).await;
        let mut canaries = Canaries::default();
        for (what, value) in TYPED {
            canaries.add(what, value);
        }
        let (mut owner, link) = Owner::enrolled(&house).await;
        canaries.add("bootstrap link", &link);
        canaries.add("key of the app", &owner.key);
        canaries.add("key of the app", &owner.key.replace(' ', ""));
        for code in &owner.proofs.recovery_codes {
            canaries.add("recovery code", code);
        }
        canaries.add("csrf value", &owner.csrf);
        for cookie in owner.browser.cookies.values() {
            canaries.add("cookie", cookie);
        }
        let sandbox = house.sandbox.base().to_string();
        make_things(&owner, &sandbox, &mut canaries).await;
        go_wrong(&mut owner, &house).await;
        assert!(canaries.count() > 20, "the recovery codes are among them");
        let dump = db.dump().await;
        assert!(dump.contains("admin.logged_in") && dump.contains("provider.created"), "the dump is one");
        canaries.in_no_line_of(&dump, "dump");
        let ended = house.end(Signal::SIGTERM).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
        assert!(ended.stderr.contains("operation=\"create_provider\""), "it logs:\n{}", ended.stderr);
        canaries.in_no_line_of(&ended.stderr, "log");
    }
}
