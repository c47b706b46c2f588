//! OP-17: every module of the official conformance suite's plans has a test under its own name, on both databases;
//! and no test has the name of a module that there is not.
//!
//! Plans and modules as they stand in the suite's source of 2026-08-20; hyphens are underscores in our names.

use std::collections::BTreeSet;
use std::process::Command;

/// `oidcc-basic-certification-test-plan`, and `oidcc-formpost-basic-certification-test-plan` once more.
const BASIC: [&str; 38] = [
    "oidcc-server",
    "oidcc-response-type-missing",
    "oidcc-idtoken-signature",
    "oidcc-idtoken-unsigned",
    "oidcc-userinfo-get",
    "oidcc-userinfo-post-header",
    "oidcc-userinfo-post-body",
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-alternate-happy-flow",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-codereuse",
    "oidcc-codereuse-30seconds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-ensure-post-request-succeeds",
    "oidcc-server-client-secret-post",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-claims-essential",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-refresh-token",
    "oidcc-ensure-request-with-valid-pkce-succeeds",
];
/// `oidcc-config-certification-test-plan`.
const CONFIG: [&str; 1] = ["oidcc-discovery-endpoint-verification"];
/// `oidcc-rp-initiated-logout-certification-test-plan`.
const LOGOUT: [&str; 11] = [
    "oidcc-rp-initiated-logout-discovery-endpoint-verification",
    "oidcc-rp-initiated-logout",
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-modified-id-token-hint",
    "oidcc-rp-initiated-logout-no-id-token-hint",
    "oidcc-rp-initiated-logout-no-params",
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-no-state",
    "oidcc-rp-initiated-logout-only-state",
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-bad-id-token-hint",
];
/// `oidcc-backchannel-rp-initiated-logout-certification-test-plan`.
const BACK_CHANNEL: [&str; 2] =
    ["oidcc-backchannel-logout-discovery-endpoint-verification", "oidcc-backchannel-rp-initiated-logout"];

/// Where the tests of a plan are.
const PLANS: [(&str, &[&str]); 5] = [
    ("suite::basic", &BASIC),
    ("suite::form_post", &BASIC),
    ("discovery", &CONFIG),
    ("logout", &LOGOUT),
    ("back_channel", &BACK_CHANNEL),
];

/// All tests of this binary, as it lists them itself.
fn tests() -> BTreeSet<String> {
    let listed =
        Command::new(std::env::current_exe().unwrap()).args(["--list", "--format", "terse"]).output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[test]
fn every_module_of_the_suite_has_a_test_of_its_name() {
    let tests = tests();
    let named: BTreeSet<_> = tests.into_iter().filter(|name| name.contains("::oidcc_")).collect();
    let mut expected = BTreeSet::new();
    for (place, modules) in PLANS {
        for module in modules {
            let name = format!("flows::openid::{place}::{}", module.replace('-', "_"));
            expected.extend(["sqlite", "postgres"].map(|database| format!("{name}::{database}")));
        }
    }
    let missing: Vec<_> = expected.difference(&named).collect();
    assert!(missing.is_empty(), "no test is named {missing:#?}");
    let others: Vec<_> = named.difference(&expected).collect();
    assert!(others.is_empty(), "there is no such module in the plans: {others:#?}");
}
