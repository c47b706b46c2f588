//! The configuration: every mistake has a stable code and a place, all are told at once, no secret
//! is repeated, and a refused start leaves nothing behind.

use saoma::catalogue;
use saoma::config::{Config, Source};
use saoma_tests::program::{Said, run};
use std::path::Path;

/// A configuration without mistakes, for a public address.
const GOOD: &str = r#"
[server]
public_url = "https://login.example.com"
[[provider]]
slug = "mini"
kind = "wechat_mini_program"
[provider.config]
appid = "wx00000000000000a1"
secret = "000102030405060708090a0b0c0d0e0f"
[[client]]
client_id = "shop"
name = "Shop"
type = "confidential"
secrets = ["hunter2-hunter2-hunter2-hunter2-hunter2"]
redirect_uris = ["https://shop.example.com/callback"]
origins = ["https://shop.example.com"]
providers = ["mini"]
"#;
/// No message may hold any of these.
const SECRETS: [&str; 3] = ["hunter2", "00010203", "swordfish"];

/// `pointer code` of every problem.
fn problems(toml: &str, folder: &Path) -> Vec<String> {
    let source = Source::Text { toml: toml.to_owned(), folder: folder.to_owned() };
    let Err(failure) = Config::load(&source, &catalogue()) else { return Vec::new() };
    let text = failure.to_string();
    for secret in SECRETS {
        assert!(!text.contains(secret), "a secret is repeated: {text}");
    }
    assert!(text.contains(&format!("{} problem(s); nothing was changed", failure.0.len())), "{text}");
    assert!(failure.0.iter().all(|problem| !problem.message.is_empty()), "{text}");
    failure.0.iter().map(|problem| format!("{} {}", problem.pointer, problem.code)).collect()
}

/// The good configuration with one text in the place of another.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(problems(GOOD, Path::new(".")), Vec::<String>::new());
}

/// A slip in the shape of one value does not hide what is wrong with the others.
#[test]
fn shape_and_meaning_are_told_at_once() {
    let toml = with("appid = \"wx00000000000000a1\"", "appid = \"wx1\"\ncolour = \"red\"")
        .replace("https://shop.example.com/callback", "http://shop.example.com/callback")
        .replace(
            "origins = [\"https://shop.example.com\"]",
            "origins = [\"shop.example.com\"]\naccent = \"red\"",
        )
        .replace("providers = [\"mini\"]", "providers = [\"mini\", \"nothing\"]");
    let told = [
        "/client/0/accent config_invalid",
        "/client/0/origins/0 origin_not_acceptable",
        "/client/0/providers/1 client_provider_unknown",
        "/client/0/redirect_uris/0 redirect_uri_not_acceptable",
        "/provider/0/config/appid config_invalid",
        "/provider/0/config/colour config_unknown_key",
    ];
    assert_eq!(problems(&toml, Path::new(".")), told);
    let source = Source::Text { toml, folder: ".".into() };
    let text = Config::load(&source, &catalogue()).unwrap_err().to_string();
    assert!(text.contains("/provider/0/config/appid: is not wx and 16 characters of 0-9 and a-f"), "{text}");
}

/// More than a confirmation may be asked for where a way gives it; the others are told of.
#[test]
fn a_number_may_be_asked_for_where_a_way_takes_it() {
    let chat = r#"
[[provider]]
slug = "chat"
kind = "wechat_service_account"
[provider.config]
appid = "wx00000000000000b1"
secret = "000102030405060708090a0b0c0d0e0f"
push_token = "token"
push_aes_key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
confirm = "number"
[[client]]"#;
    let client = "providers = [\"mini\", \"chat\"]\nmin_assurance = \"code_back\"";
    let toml = with("[[client]]", chat).replace("providers = [\"mini\"]", client);
    let config = Config::load(&Source::Text { toml, folder: ".".into() }, &catalogue()).unwrap();
    let told = config.warnings.iter().filter(|warning| warning.contains("not offered"));
    let told: Vec<_> = told.collect();
    assert!(told.len() == 1 && told[0].contains("provider chat"), "{told:?}");
}

/// T29: a name that people take for another website's is refused, whatever letters it is made of, unless
/// the file says that it is meant so.
#[test]
fn t29_a_look_alike_is_refused_unless_it_is_meant() {
    let second = |name: &str, more: &str| {
        let client = format!(
            "[[client]]\nclient_id = \"other\"\nname = \"{name}\"\ntype = \"public\"\nredirect_uris = []\norigins = []\n{more}"
        );
        format!("{GOOD}\n{client}\n")
    };
    let refused = ["/client/1/name client_name_confusable"];
    for name in ["Shop", "SHOP", "S h o p", "\u{405}hop", "Sh\u{43e}p!", "\u{ff33}hop", "Sh\u{200b}op"] {
        assert_eq!(problems(&second(name, ""), Path::new(".")), refused, "{name}");
        let meant = second(name, "name_resembles = [\"shop\"]");
        assert_eq!(problems(&meant, Path::new(".")), Vec::<String>::new(), "{name}");
        assert_eq!(problems(&second(name, "name_resembles = [\"else\"]"), Path::new(".")), refused);
    }
    assert_eq!(problems(&second("Shop 2", ""), Path::new(".")), Vec::<String>::new());
}

#[test]
fn every_mistake_has_its_code_and_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("logo.svg"), "<svg/>").unwrap();
    std::fs::write(folder.path().join("big.png"), [&b"\x89PNG"[..], &[0; 300_000]].concat()).unwrap();
    let server = "[server]\n";
    let client = "client_id = \"shop\"\n";
    let secret = "secret = \"000102030405060708090a0b0c0d0e0f\"";
    let cases: Vec<(String, &str)> = vec![
        (with(server, "[server]\nport = 1\n"), "/server/port config_unknown_key"),
        (with(server, "[sevrer]\n[server]\n"), "/sevrer config_unknown_key"),
        (with(client, "client_id = \"shop\"\ncolour = 1\n"), "/client/0/colour config_unknown_key"),
        (with(secret, &format!("{secret}\ntoken = 1")), "/provider/0/config/token config_unknown_key"),
        (
            with("https://login.example.com", "http://login.example.com"),
            "/server/public_url address_not_acceptable",
        ),
        (
            with("https://login.example.com", "https://login.example.com/"),
            "/server/public_url address_not_acceptable",
        ),
        (with(server, "[server]\nadmin_url = \"http://a.b\"\n"), "/server/admin_url address_not_acceptable"),
        (with(server, "[server]\nlisten = \"8080\"\n"), "/server/listen config_invalid"),
        (
            with(server, "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"x\"]\n"),
            "/server/trusted_proxies/1 config_invalid",
        ),
        (with(server, "[server]\nlisten = 8080\n"), "/server/listen config_invalid"),
        (
            with(server, "[security]\negress_allow = [\"x\"]\n[server]\n"),
            "/security/egress_allow/0 config_invalid",
        ),
        (with(server, "[login]\ncode_ttl_seconds = 5\n[server]\n"), "/login/code_ttl_seconds config_invalid"),
        (
            with(server, "[login]\nauth_code_ttl_seconds = 61\n[server]\n"),
            "/login/auth_code_ttl_seconds config_invalid",
        ),
        (
            with(server, "[login]\ncode_ttl_seconds = 120\nscanned_ttl_seconds = 60\n[server]\n"),
            "/login/scanned_ttl_seconds config_invalid",
        ),
        (with(server, "[limits]\nbegins = -1\n[server]\n"), "/limits/begins config_invalid"),
        (with(server, "[log]\nlevel = \"loud\"\n[server]\n"), "/log/level config_invalid"),
        (
            with("[\"hunter2-hunter2-hunter2-hunter2-hunter2\"]", "[\"hunter2\"]"),
            "/client/0/secrets/0 client_secret_short",
        ),
        (
            with("[\"hunter2-hunter2-hunter2-hunter2-hunter2\"]", "[]"),
            "/client/0/secrets client_secret_missing",
        ),
        (with("confidential", "public"), "/client/0/secrets client_secret_useless"),
        (with("[\"hunter2-hunter2-hunter2-hunter2-hunter2\"]", "[5]"), "/client/0/secrets/0 config_invalid"),
        (with("type = \"confidential\"", "type = \"swordfish\""), "/client/0/type config_invalid"),
        (with("name = \"Shop\"\n", ""), "/client/0/name config_missing"),
        (with("client_id = \"shop\"", "client_id = \"a b\""), "/client/0/client_id config_invalid"),
        (
            with("shop.example.com/callback", "shop.example.com/#x"),
            "/client/0/redirect_uris/0 redirect_uri_not_acceptable",
        ),
        (
            with("https://shop.example.com/callback", "http://shop.example.com/x"),
            "/client/0/redirect_uris/0 redirect_uri_not_acceptable",
        ),
        (
            with("https://shop.example.com/callback", "javascript:alert(1)"),
            "/client/0/redirect_uris/0 redirect_uri_not_acceptable",
        ),
        (
            with("origins = [\"https://shop.example.com", "origins = [\"https://shop.example.com/"),
            "/client/0/origins/0 origin_not_acceptable",
        ),
        (
            with("origins = [\"https://shop.example.com", "origins = [\"*"),
            "/client/0/origins/0 origin_not_acceptable",
        ),
        (
            with("providers = [\"mini\"]", "providers = [\"mini\", \"nothing\"]"),
            "/client/0/providers/1 client_provider_unknown",
        ),
        (
            with("providers = [\"mini\"]", "providers = [\"mini\"]\nmin_assurance = \"number\"")
                .replace("wechat_mini_program", "wechat_open_platform"),
            "/client/0/min_assurance assurance_not_available",
        ),
        (
            with("providers = [\"mini\"]", "providers = [\"mini\"]\nmin_assurance = \"code_back\"")
                .replace("wechat_mini_program", "wechat_open_platform"),
            "/client/0/min_assurance assurance_not_available",
        ),
        (
            with(client, "client_id = \"shop\"\nlogo_file = \"logo.svg\"\n"),
            "/client/0/logo_file logo_not_acceptable",
        ),
        (
            with(client, "client_id = \"shop\"\nlogo_file = \"big.png\"\n"),
            "/client/0/logo_file logo_not_acceptable",
        ),
        (
            with(client, "client_id = \"shop\"\nlogo_file = \"none.png\"\n"),
            "/client/0/logo_file logo_not_acceptable",
        ),
        (with(client, "client_id = \"shop\"\naccent = \"red\"\n"), "/client/0/accent config_invalid"),
        (with(secret, "secret = \"swordfish\""), "/provider/0/config/secret config_invalid"),
        (with(secret, ""), "/provider/0/config/secret config_missing"),
        (with(secret, "secret_file = \"none\""), "/provider/0/config/secret secret_unreadable"),
        (with(secret, "secret_env = \"SAOMA_TEST_UNSET\""), "/provider/0/config/secret secret_unreadable"),
        (
            with(secret, &format!("{secret}\nsecret_env = \"HOME\"")),
            "/provider/0/config/secret secret_given_twice",
        ),
        (
            with(secret, &format!("{secret}\napi_base = \"http://10.0.0.1\"")),
            "/provider/0/config/api_base provider_config_invalid",
        ),
        (
            with(secret, &format!("{secret}\napi_base = \"https://relay.example.com\"")),
            "/provider/0/config vendor_base_not_trusted",
        ),
        (
            with(secret, &format!("{secret}\napi_base = \"http://127.0.0.1:1\"")),
            "/provider/0/config vendor_base_not_trusted",
        ),
        (with("wechat_mini_program", "wechat_pigeon"), "/provider/0/kind config_invalid"),
        (with("slug = \"mini\"", "slug = \"Mini!\""), "/provider/0/slug config_invalid"),
        (
            format!("{GOOD}\n{}", &GOOD[GOOD.find("[[client]]").unwrap()..]),
            "/client/1/client_id client_id_twice",
        ),
        (
            with(
                "[[client]]",
                &format!(
                    "{}[[client]]",
                    &GOOD[GOOD.find("[[provider]]").unwrap()..GOOD.find("[[client]]").unwrap()]
                ),
            ),
            "/provider/1/slug provider_slug_twice",
        ),
        (with("secrets = [\"hunter2-", "secrets = hunter2 [\""), " config_syntax"),
        (with("name = \"Shop\"", "name = \"Shop\"\nname = \"hunter2\""), " config_syntax"),
        (with("name = \"Shop\"", "name = \"swordfish"), " config_syntax"),
    ];
    let told = |(toml, expected): &(String, &str)| {
        let mut found = problems(toml, folder.path());
        // A slug that is none, or a kind that is none, also leaves its clients without it.
        found.retain(|problem| !problem.ends_with("client_provider_unknown") || problem == expected);
        (found != [*expected]).then(|| format!("expected {expected}, found {found:?}"))
    };
    let flaws: Vec<_> = cases.iter().filter_map(told).collect();
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let toml = with("[server]\n", "[server]\nport = 1\n[limits]\nreads = -1\n[server2]\n")
        .replace("public_url = \"https://login.example.com\"", "")
        .replace("[server2]\n", "[database]\nurl_file = \"none\"\n")
        .replace("https://shop.example.com/callback", "http://shop.example.com/x")
        .replace(
            "providers = [\"mini\"]",
            "providers = [\"none\"]\nmin_assurance = \"number\"\nlogo_file = \"none\"",
        )
        .replace("wx00000000000000a1", "swordfish");
    let expected = [
        "/client/0/logo_file logo_not_acceptable",
        "/client/0/min_assurance assurance_not_available",
        "/client/0/providers/0 client_provider_unknown",
        "/client/0/redirect_uris/0 redirect_uri_not_acceptable",
        "/database/url secret_unreadable",
        "/limits/reads config_invalid",
        "/provider/0/config/appid config_invalid",
        "/server/port config_unknown_key",
    ];
    // What cannot be read at all (-1 where a count belongs) keeps the rest from being looked at.
    let readable = toml.replace("reads = -1", "reads = 9999999");
    assert_eq!(problems(&readable, Path::new(".")), expected);
}

/// The real binary in a folder with this configuration and nothing else.
fn refused_start(toml: &str) -> Said {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("saoma.toml"), toml).unwrap();
    let said = run(&["serve"], folder.path(), &[]);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["saoma.toml"], "a refused start has left something behind");
    said
}

#[test]
fn a_refused_start_leaves_nothing_behind() {
    for toml in [
        with("[server]\n", "[server]\nport = 1\n"),
        with("providers = [\"mini\"]", "providers = [\"none\"]"),
        with("secrets = [\"hunter2-", "secrets = hunter2 [\""),
        // An address nobody can listen on.
        with("[server]\n", "[server]\nlisten = \"192.0.2.1:1\"\n"),
    ] {
        let said = refused_start(&toml);
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        assert!(!said.stderr.contains("hunter2"), "{}", said.stderr);
    }
}

#[test]
fn the_environment_overrides_the_file_and_only_what_is_meant_does() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("saoma.toml"), GOOD).unwrap();
    let run = |arguments: &[&str], env: &[(&str, &str)]| run(arguments, folder.path(), env);
    let env = [
        ("SAOMA__SERVER__LISTEN", "127.0.0.1:4711"),
        ("SAOMA__SERVER__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
        ("SAOMA__LOGIN__CODE_TTL_SECONDS", "60"),
        // A cluster sets such names by itself.
        ("SAOMA_SERVICE_HOST", "10.0.0.1"),
        ("SAOMA_PORT", "tcp://10.0.0.1:80"),
    ];
    let said = run(&["config", "print"], &env);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    for line in ["listen = \"127.0.0.1:4711\"", "trusted_proxies = [\"10.0.0.0/8\"]", "code_ttl_seconds = 60"]
    {
        assert!(said.stdout.contains(line), "{}", said.stdout);
    }
    assert!(!said.stdout.contains("10.0.0.1"), "{}", said.stdout);
    assert_eq!(run(&["config", "check"], &env).code, Some(0));
    for (name, problem) in [
        ("SAOMA__X", "/x: is not a setting [config_unknown_key]"),
        ("SAOMA__SERVER__PORT", "/server/port: is not a setting [config_unknown_key]"),
    ] {
        let said = run(&["config", "check"], &[(name, "1")]);
        assert_eq!(said.code, Some(1));
        assert!(said.stderr.contains(problem), "{}", said.stderr);
    }
    let toml = with("secret = \"000102030405060708090a0b0c0d0e0f\"", "secret_env = \"MY_SECRET\"");
    std::fs::write(folder.path().join("saoma.toml"), toml).unwrap();
    assert_eq!(run(&["config", "check"], &[("MY_SECRET", "000102030405060708090a0b0c0d0e0f")]).code, Some(0));
    let said = run(&["config", "check"], &[("MY_SECRET", "swordfish")]);
    assert_eq!(said.code, Some(1));
    assert!(!said.stderr.contains("swordfish"), "{}", said.stderr);
}

#[test]
fn relative_paths_start_at_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("etc");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(
        inner.join("saoma.toml"),
        with("secret = \"000102030405060708090a0b0c0d0e0f\"", "secret_file = \"s\""),
    )
    .unwrap();
    std::fs::write(inner.join("s"), "000102030405060708090a0b0c0d0e0f\n").unwrap();
    let said = run(&["--config", "etc/saoma.toml", "migrate"], folder.path(), &[]);
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(inner.join("data/saoma.db").is_file());
    assert!(!folder.path().join("data").exists());
}
