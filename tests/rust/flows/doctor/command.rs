//! `saoma provider check` with the real binary: depths, languages, JSON, exit codes, providers that only
//! the database has.

use saoma_tests::database::Database;
use saoma_tests::house::{APP_SECRET, House, Plan, configuration};
use saoma_tests::inspect::fault;
use saoma_tests::program::{Said, run};
use saoma_tests::ways::{PUSH_AES_KEY, PUSH_PATH_SECRET};
use serde_json::{Value, json};
use std::path::Path;

/// A folder with this house's configuration, and a database of its own.
fn beside(house: &House, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let toml =
        configuration(&house.saoma, "sqlite:./saoma.db", house.sandbox.base().as_str(), &Plan::default());
    std::fs::write(folder.path().join("saoma.toml"), change(toml)).unwrap();
    folder
}

async fn check(folder: &Path, arguments: &'static [&'static str]) -> Said {
    let folder = folder.to_owned();
    let all = [&["provider", "check"], arguments].concat();
    tokio::task::spawn_blocking(move || run(&all, &folder, &[])).await.unwrap()
}

fn findings(said: &Said) -> Vec<(String, String)> {
    let told: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|_| panic!("{}", said.stderr));
    let word = |finding: &Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let all = told["findings"].as_array().unwrap().iter();
    all.map(|finding| (word(finding, "code"), word(finding, "standing"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_is_wrong_in_either_language_and_exits_with_1() {
    let house = House::open(Database::sqlite().url()).await;
    let folder = beside(&house, |toml| toml);
    let fine = check(folder.path(), &["service"]).await;
    assert_eq!(fine.code, Some(0), "{} {}", fine.stdout, fine.stderr);
    assert!(
        fine.stdout.contains("ok       push_echo_ok: ")
            && fine.stdout.contains("warning  public_address_local")
    );
    let refused = json!({"errcode": 40164, "errmsg": "invalid ip 9.8.7.6, not in whitelist"});
    fault(&house.visitor(), "/cgi-bin/stable_token", &refused, None).await;
    for (arguments, words) in [
        (
            &["mini"][..],
            [
                "FAILED   ip_not_allowed: WeChat says 40164",
                "→ Add the address",
                "Our outgoing address: 9.8.7.6",
            ],
        ),
        (
            &["mini", "--lang", "zh"],
            ["失败     ip_not_allowed: 微信返回 40164", "→ 请在微信后台", "本服务器的出口 IP: 9.8.7.6"],
        ),
    ] {
        let said = check(folder.path(), arguments).await;
        assert_eq!(said.code, Some(1), "{}", said.stdout);
        for word in words {
            assert!(said.stdout.contains(word), "{word}: {}", said.stdout);
        }
    }
    let said = check(folder.path(), &["mini", "--json"]).await;
    assert_eq!(said.code, Some(1));
    assert!(findings(&said).contains(&("ip_not_allowed".to_owned(), "failed".to_owned())), "{}", said.stdout);
    let offline = check(folder.path(), &["mini", "--depth", "offline"]).await;
    assert_eq!(offline.code, Some(0), "{}", offline.stdout);
    for said in [&fine, &said, &offline] {
        for secret in [APP_SECRET, PUSH_AES_KEY, PUSH_PATH_SECRET] {
            assert!(!said.stdout.contains(secret), "{}", said.stdout);
        }
    }
    for arguments in
        [&["mini", "--depth", "deeper"][..], &["mini", "--lang", "fr"], &["mini", "--json", "--lang", "zh"]]
    {
        assert_eq!(check(folder.path(), arguments).await.code, Some(2), "{arguments:?}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_and_no_server_at_all_are_told_apart() {
    let mut house = House::open(Database::sqlite().url()).await;
    let folder = beside(&house, |toml| toml.replace(PUSH_AES_KEY, &"Z".repeat(43)));
    let wrong = check(folder.path(), &["service", "--depth", "network", "--json"]).await;
    let failed = |said: &Said| -> Vec<String> {
        findings(said)
            .into_iter()
            .filter(|(_, standing)| standing == "failed")
            .map(|(code, _)| code)
            .collect()
    };
    assert_eq!(failed(&wrong), ["push_key_wrong"], "{}", wrong.stdout);
    let folder = beside(&house, |toml| toml.replace("tokenOfTests", "anotherToken"));
    let wrong = check(folder.path(), &["service", "--depth", "network", "--json"]).await;
    assert_eq!(failed(&wrong), ["push_echo_wrong"], "{}", wrong.stdout);
    house.halt().await;
    let silent = check(folder.path(), &["service", "--depth", "network", "--json"]).await;
    assert_eq!(
        failed(&silent),
        ["public_address_unreachable", "push_address_unreachable"],
        "{}",
        silent.stdout
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_only_the_database_has_is_looked_at_and_so_is_one_switched_off() {
    let house = House::open(Database::sqlite().url()).await;
    let folder = beside(&house, |toml| toml);
    assert_eq!(check(folder.path(), &["website"]).await.code, Some(0));
    // Gone from the file it stays in the database, switched off.
    let file = folder.path().join("saoma.toml");
    let toml = std::fs::read_to_string(&file).unwrap();
    let (before, rest) = toml.split_once("[[provider]]\nslug = \"website\"").unwrap();
    let rest = rest.split_once("[[client]]").unwrap().1;
    let toml = format!("{before}[[client]]{rest}").replace(", \"website\"", "");
    std::fs::write(&file, toml).unwrap();
    let said = check(folder.path(), &["website", "--json"]).await;
    assert_eq!(said.code, Some(0), "{} {}", said.stdout, said.stderr);
    assert!(findings(&said).contains(&("credentials_ok".to_owned(), "ok".to_owned())), "{}", said.stdout);
    let unknown = check(folder.path(), &["nothing"]).await;
    assert!(unknown.code == Some(1) && unknown.stderr.contains("slug = \"nothing\""), "{}", unknown.stderr);
    house.close().await;
}
