//! The command line, with the real binary: what it prints and how it exits. 0 done, 1 failed, 2 misused.

use saoma_tests::house::{APP_SECRET, CLIENT_SECRET, Plan, configuration, mini_program, pretend};
use saoma_tests::program::{Program, Said, run};
use saoma_tests::visitor::{Visitor, send};
use serde_json::Value;
use std::path::Path;

fn saoma(arguments: &[&str], folder: &Path) -> Said {
    run(arguments, folder, &[])
}

/// A folder with a configuration for this vendor.
fn installed(vendor: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let toml = configuration("http://127.0.0.1:1", "sqlite:./data/saoma.db", vendor, &Plan::default());
    std::fs::write(folder.path().join("saoma.toml"), toml).unwrap();
    folder
}

#[test]
fn misuse_is_2_and_help_is_0() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["nonsense"][..], &[], &["config"], &["provider", "show"], &["serve", "--port", "1"]] {
        let said = saoma(arguments, folder.path());
        assert_eq!(said.code, Some(2), "{arguments:?} {}", said.stderr);
        assert!(said.stderr.contains("Usage"), "{}", said.stderr);
    }
    for arguments in [&["--help"][..], &["--version"], &["config", "--help"]] {
        assert_eq!(saoma(arguments, folder.path()).code, Some(0), "{arguments:?}");
    }
}

#[test]
fn a_missing_configuration_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in
        [&["serve"][..], &["config", "check"], &["config", "print"], &["migrate"], &["provider", "show", "x"]]
    {
        let said = saoma(arguments, folder.path());
        assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{arguments:?}");
        for word in ["saoma.toml", "--config", "README", "saoma demo", "[config_not_found]"] {
            assert!(said.stderr.contains(word), "{word}: {}", said.stderr);
        }
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "something was created");
}

#[test]
fn config_check_print_and_schema() {
    let folder = installed("http://127.0.0.1:9");
    let said = saoma(&["config", "check"], folder.path());
    let (warnings, told) = said.stdout.split_at(said.stdout.find("ok: ").unwrap());
    assert_eq!((said.code, told), (Some(0), "ok: 2 client(s), 7 provider(s)\n"), "{}", said.stderr);
    let about: Vec<_> = warnings.lines().map(|line| line.split(" = ").next().unwrap()).collect();
    assert_eq!(about, ["warning: provider quick: confirm", "warning: provider plain: push_mode"]);
    let said = saoma(&["config", "print"], folder.path());
    assert_eq!(said.code, Some(0));
    assert!(
        said.stdout.contains("secret = \"***\"") && said.stdout.contains("client_id = \"shop\""),
        "{}",
        said.stdout
    );
    assert!(!said.stdout.contains(APP_SECRET) && !said.stdout.contains(CLIENT_SECRET), "{}", said.stdout);
    let said = saoma(&["config", "schema"], folder.path());
    let schema: Value = serde_json::from_str(&said.stdout).unwrap();
    assert_eq!(
        schema["properties"]["provider"]["items"]["properties"]["kind"]["enum"][0],
        "wechat_mini_program"
    );
    assert!(said.stdout.contains("x-ui") && said.stdout.contains("writeOnly"));
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, ["saoma.toml"], "a look at the configuration has created something");
}

#[test]
fn migrate_makes_the_database_and_may_be_repeated() {
    let folder = installed("http://127.0.0.1:9");
    for _ in 0..2 {
        let said = saoma(&["migrate"], folder.path());
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert_eq!(said.stdout, "the database's schema is up to date\n");
        assert!(folder.path().join("data/saoma.db").is_file());
    }
    assert!(!folder.path().join("saoma.key").exists(), "migrate needs no key and makes none");
}

#[test]
fn openapi_prints_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let said = saoma(&["openapi"], folder.path());
    assert_eq!((said.code, said.stdout), (Some(0), saoma::login_document().unwrap()));
    let said = saoma(&["openapi", "admin"], folder.path());
    assert_eq!((said.code, said.stdout), (Some(0), saoma::admin_document().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn provider_show_and_check() {
    let sandbox = pretend().await;
    sandbox.register_app(mini_program("http://127.0.0.1:1"));
    let folder = installed(sandbox.base().as_str());
    let path = folder.path().to_owned();
    tokio::task::spawn_blocking(move || {
        let said = saoma(&["provider", "show", "mini"], &path);
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        assert!(
            said.stdout.contains("secret = set") && said.stdout.contains("http://127.0.0.1:1"),
            "{}",
            said.stdout
        );
        assert!(!said.stdout.contains(APP_SECRET), "{}", said.stdout);
        // No server runs at this address, and that is all that is wrong.
        let said = saoma(&["provider", "check", "mini"], &path);
        assert_eq!(said.code, Some(1), "{} {}", said.stdout, said.stderr);
        assert!(said.stdout.contains("FAILED   public_address_unreachable"), "{}", said.stdout);
        assert_eq!(said.stdout.matches("FAILED").count(), 1, "{}", said.stdout);
        for unknown in ["show", "check"] {
            let said = saoma(&["provider", unknown, "nothing"], &path);
            assert_eq!(said.code, Some(1));
            assert!(said.stderr.contains("slug = \"nothing\""), "{}", said.stderr);
        }
        let file = path.join("saoma.toml");
        let wrong = std::fs::read_to_string(&file).unwrap().replace(APP_SECRET, &"f".repeat(32));
        std::fs::write(&file, wrong).unwrap();
        let said = saoma(&["provider", "check", "mini"], &path);
        assert_eq!(said.code, Some(1), "{}", said.stdout);
        for word in ["FAILED   wrong_secret: WeChat says 40125", "Copy or reset the AppSecret"] {
            assert!(said.stdout.contains(word), "{word}: {}", said.stdout);
        }
        assert!(!said.stdout.contains(&"f".repeat(32)), "{}", said.stdout);
    })
    .await
    .unwrap();
    sandbox.stop().await;
}

/// Starts a command that stays, gives its first line.
async fn started(arguments: &'static [&'static str], folder: &Path) -> (Program, String) {
    let mut program = Program::start(arguments, folder);
    let read = tokio::task::spawn_blocking(move || {
        let line = program.first_line();
        (program, line)
    });
    read.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sandbox_runs_on_this_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    let (program, line) = started(&["sandbox", "--listen", "127.0.0.1:0"], folder.path()).await;
    let address = line.trim().rsplit(' ').next().unwrap().to_owned();
    let visitor = Visitor::new(&address, address.trim_end_matches('/'));
    let persons = send(visitor.http.get(format!("{}/_sandbox/v1/persons", visitor.sandbox))).await;
    assert_eq!(persons.json["persons"].as_array().unwrap().len(), 3);
    let (code, log) = tokio::task::spawn_blocking(move || program.stop()).await.unwrap();
    assert_eq!(code, Some(0), "{log}");
    let path = folder.path().to_owned();
    let said = tokio::task::spawn_blocking(move || saoma(&["sandbox", "--listen", "0.0.0.0:0"], &path))
        .await
        .unwrap();
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("this machine only"), "{}", said.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn demo_is_a_whole_world_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (program, line) = started(&["demo", "--port", "0", "--json"], folder.path()).await;
    let told: Value = serde_json::from_str(&line).unwrap();
    let address = |name: &str| told[name].as_str().unwrap().to_owned();
    let http = Visitor::new("", "").http;
    for (name, path) in [
        ("saoma", "/api/v1/clients/shop"),
        ("admin", "/healthz"),
        ("admin", "/readyz"),
        ("sandbox", "/"),
        ("shop", "/"),
    ] {
        let answer = send(http.get(format!("{}{path}", address(name)))).await;
        assert_eq!(answer.status, 200, "{name}{path}");
    }
    assert!(Path::new(&address("data")).is_dir());
    let (code, log) = tokio::task::spawn_blocking(move || program.stop()).await.unwrap();
    assert_eq!(code, Some(0), "{log}");
    assert!(!Path::new(&address("data")).exists(), "the demo's data outlives it");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_is_no_database_is_refused_and_left_alone() {
    let folder = installed("http://127.0.0.1:9");
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let (file, text) =
        (folder.path().join("data/saoma.db"), "not a database, but a letter to somebody".repeat(20));
    std::fs::write(&file, &text).unwrap();
    let said = saoma(&["migrate"], folder.path());
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stderr.starts_with("saoma: "), "{}", said.stderr);
    assert_eq!(std::fs::read_to_string(file).unwrap(), text);
}
