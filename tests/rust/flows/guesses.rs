//! Whoever guesses is shut out before the vendor or the database works for them (LOG-09).

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan};
use saoma_tests::inspect::{calls, forget_calls};
use saoma_tests::visitor::{Answer, VERIFIER, Visitor, send};

async fn strict(db: &Database, extra_toml: &str) -> House {
    let limits_toml = Some("[limits]\nbegins = 0\nreads = 0\nunknown_scenes = 5\n".to_owned());
    House::planned(db.url(), Plan { limits_toml, extra_toml: extra_toml.to_owned(), ..Plan::default() }).await
}

async fn redeem(visitor: &Visitor, secret: &str) -> Answer {
    let form = [("grant_type", "authorization_code"), ("code", "guessed"), ("code_verifier", VERIFIER)];
    let request = visitor.request(Method::POST, "/oauth2/token").basic_auth(CLIENT, Some(secret));
    send(request.form(&form)).await
}

every_database! {
    async fn log_09_made_up_proofs_cost_the_vendor_a_few_calls_and_then_none(db: &Database) {
        let house = strict(db, "").await;
        let visitor = house.visitor();
        let held = visitor.begin().await;
        let scene = visitor.scene(&held).await;
        forget_calls(&visitor).await;
        let mut limited = 0;
        for number in 0..30 {
            let answer = visitor.try_scan(&scene, &format!("madeUpProof{number:021}")).await;
            limited += u32::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!(limited >= 20, "{limited}");
        let asked = calls(&visitor, "/sns/jscode2session").await;
        assert!((5..=8).contains(&asked), "the vendor was asked {asked} times");
        house.close().await;
    }

    async fn a_back_end_with_a_wrong_secret_is_slowed_down_and_the_right_one_is_not(db: &Database) {
        let house = strict(db, "").await;
        let visitor = house.visitor();
        let mut codes = Vec::new();
        for _ in 0..12 {
            codes.push(redeem(&visitor, "not the secret").await.code().to_owned());
        }
        assert_eq!(codes.first().map(String::as_str), Some("invalid_client"));
        let last = redeem(&visitor, "not the secret").await;
        assert_eq!((last.status, last.code()), (StatusCode::TOO_MANY_REQUESTS, "slow_down"));
        assert!(last.headers.contains_key("retry-after"));
        // The same address, recognised: it is told what is wrong with the code, however often.
        for _ in 0..12 {
            assert_eq!(redeem(&visitor, CLIENT_SECRET).await.code(), "invalid_grant");
        }
        house.close().await;
    }

    async fn a_client_without_a_secret_is_slowed_down_when_it_guesses_codes(db: &Database) {
        let house = strict(db, "[[client]]\nclient_id = \"open\"\nname = \"Open\"\ntype = \"public\"\n").await;
        let visitor = house.visitor();
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "open"),
            ("code", "guessed"),
            ("code_verifier", VERIFIER),
        ];
        let guess = async || send(visitor.request(Method::POST, "/oauth2/token").form(&fields)).await;
        assert_eq!(guess().await.code(), "invalid_grant");
        for _ in 0..12 {
            guess().await;
        }
        let before = house.server().parts().stores.statements();
        assert_eq!(guess().await.code(), "slow_down");
        assert_eq!(house.server().parts().stores.statements(), before, "the database was asked for a guesser");
        house.close().await;
    }
}
