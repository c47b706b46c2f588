//! LOG-01, SEC-01: whoever reads the whole database learns no secret of a Login.

use super::fixture::*;
use saoma_core::SecretHash;
use saoma_core::login::{ConfirmOutcome, Login, NewCode, Proof, Redemption, Stage};
use saoma_core::secret::pkce_s256;
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn log_01_sec_01_a_dump_after_a_login_holds_no_secret_in_clear(db: &Database) {
        let stores = db.stores().await;
        let [browser, companion, code, token, verifier, client] = std::array::from_fn(|_| entropy().base64url::<32>());
        let begun = Login {
            browser_hash: SecretHash::of(&browser),
            code_challenge: pkce_s256(&verifier),
            ..new_login()
        };
        create(&stores, &begun).await;
        let after = Login {
            proof: Some(Proof { identity: identity("openid", Some("unionid")) }),
            companion_hash: Some(SecretHash::of(&companion)),
            ..moved(&begun, Stage::Scanned)
        };
        assert!(stores.logins.transition_login(&change(&begun, after.clone())).await.unwrap());
        let outcome = stores.logins.confirm_login(&confirmation(&after, None, Some("阿明"))).await.unwrap();
        assert!(matches!(outcome, ConfirmOutcome::Confirmed(_)));
        let put = NewCode { code_hash: SecretHash::of(&code), ..new_code(&begun) };
        let login = stores.logins.put_code(&put).await.unwrap().unwrap();
        let mut attempt: Redemption = redemption(&login);
        attempt.token.hash = SecretHash::of(&token);
        stores.logins.redeem_code(&attempt).await.unwrap();
        let mut owner = crate::contract::clients::client("shop");
        owner.secret_hashes = vec![SecretHash::of(&client)];
        stores.clients.apply_file_clients(&[owner], &[]).await.unwrap();

        let dump = db.dump().await;
        for table in ["logins", "users", "identities", "aliases", "grants", "access_tokens", "audit_events", "clients"] {
            assert!(dump.contains(&format!("{table}: ")), "{table} is empty");
        }
        assert!(dump.contains(SecretHash::of(&token).as_str()));
        for secret in [browser, companion, code, token, verifier, client] {
            assert!(!dump.contains(&secret));
        }
        // Audit rows name people by our own ids only.
        for line in dump.lines().filter(|line| line.starts_with("audit_events")) {
            assert!(!line.contains("openid") && !line.contains("unionid") && !line.contains("阿明"), "{line}");
        }
    }
}
