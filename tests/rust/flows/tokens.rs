//! Tokens as websites ask about them and give them back (RFC 7662, RFC 7009): each its own only.

use reqwest::{Method, StatusCode};
use saoma_tests::database::Database;
use saoma_tests::every_database;
use saoma_tests::house::{CLIENT, CLIENT_SECRET, House, Plan, REDIRECT_URI};
use saoma_tests::visitor::{Answer, Visitor, send};
use serde_json::json;

const OTHER_SECRET: &str = "another-client-secret-of-more-than-32-chars";

async fn house(db: &Database) -> House {
    let extra_toml = format!(
        "[[client]]\nclient_id = \"other\"\nname = \"Second Tea\"\ntype = \"confidential\"\nsecrets = [\"{OTHER_SECRET}\"]\n\
         redirect_uris = [\"{REDIRECT_URI}\"]\nproviders = [\"mini\"]\n\
         [[client]]\nclient_id = \"app\"\nname = \"App\"\ntype = \"public\"\norigins = [\"http://localhost:10\"]\nproviders = [\"mini\"]\n"
    );
    House::planned(db.url(), Plan { manual_clock: true, extra_toml, ..Plan::default() }).await
}

const OWN: Option<(&str, &str)> = Some((CLIENT, CLIENT_SECRET));
const OTHER: Option<(&str, &str)> = Some(("other", OTHER_SECRET));

async fn ask(visitor: &Visitor, path: &str, client: Option<(&str, &str)>, fields: &[(&str, &str)]) -> Answer {
    let request = visitor.request(Method::POST, path).form(fields);
    send(match client {
        Some((id, secret)) => request.basic_auth(id, Some(secret)),
        None => request,
    })
    .await
}

async fn introspect(visitor: &Visitor, client: Option<(&str, &str)>, token: &str) -> Answer {
    ask(visitor, "/oauth2/introspect", client, &[("token", token), ("token_type_hint", "refresh_token")])
        .await
}

async fn access_token(visitor: &Visitor) -> String {
    let held = visitor.confirmed("ann").await;
    visitor.access_token(&held).await
}

every_database! {
    async fn op_11_a_back_end_learns_what_its_own_tokens_stand_for(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let token = access_token(&visitor).await;
        let user = visitor.user_info(&token).await;
        let told = introspect(&visitor, OWN, &token).await;
        assert_eq!((told.status, told.headers["cache-control"].to_str().unwrap()), (StatusCode::OK, "no-store"));
        let (exp, iat) = (told.json["exp"].as_i64().unwrap(), told.json["iat"].as_i64().unwrap());
        assert_eq!(exp - iat, 600);
        let expected = json!({
            "active": true, "scope": "openid profile", "client_id": CLIENT, "token_type": "Bearer", "exp": exp, "iat": iat,
            "sub": user.text("sub"), "aud": house.saoma, "iss": house.saoma,
        });
        assert_eq!(told.json, expected);
        house.clock.as_ref().unwrap().advance_seconds(600);
        assert_eq!(introspect(&visitor, OWN, &token).await.json, json!({ "active": false }));
        let nobody = introspect(&visitor, None, &token).await;
        assert_eq!((nobody.status, nobody.code()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        house.close().await;
    }

    async fn op_11_of_any_other_token_nothing_is_told(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let token = access_token(&visitor).await;
        for (client, token) in [(OTHER, token.as_str()), (OWN, "x"), (OTHER, "")] {
            let told = introspect(&visitor, client, token).await;
            match token {
                "" => assert_eq!((told.status, told.code()), (StatusCode::BAD_REQUEST, "invalid_request")),
                _ => assert_eq!((told.status, &told.json), (StatusCode::OK, &json!({ "active": false })), "{client:?}"),
            }
        }
        let app = ask(&visitor, "/oauth2/introspect", None, &[("token", &token), ("client_id", "app")]).await;
        assert_eq!((app.status, app.code()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        let nobody = introspect(&visitor, Some((CLIENT, "wrong")), &token).await;
        assert_eq!((nobody.status, nobody.code()), (StatusCode::UNAUTHORIZED, "invalid_client"));
        // Whoever was switched off is nobody any more.
        db.raw().await.execute("UPDATE users SET disabled_at = 1").await.unwrap();
        assert_eq!(introspect(&visitor, OWN, &token).await.json, json!({ "active": false }));
        house.close().await;
    }

    async fn op_11_a_token_is_given_back_by_its_own_client_only(db: &Database) {
        let house = house(db).await;
        let visitor = house.visitor();
        let (token, second) = (access_token(&visitor).await, access_token(&visitor).await);
        let revoke = async |client, token: &str| ask(&visitor, "/oauth2/revoke", client, &[("token", token)]).await.status;
        assert_eq!(revoke(OTHER, &token).await, StatusCode::OK, "nobody is told whose it is");
        assert_eq!(visitor.user_info(&token).await.status, StatusCode::OK);
        assert_eq!(revoke(Some((CLIENT, "wrong")), &token).await, StatusCode::UNAUTHORIZED);
        assert_eq!(visitor.user_info(&token).await.status, StatusCode::OK);
        assert_eq!(revoke(OWN, &token).await, StatusCode::OK);
        assert_eq!(visitor.user_info(&token).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(introspect(&visitor, OWN, &token).await.json, json!({ "active": false }));
        assert_eq!(visitor.user_info(&second).await.status, StatusCode::OK, "the other one lives");
        assert_eq!(revoke(OWN, &token).await, StatusCode::OK, "once more is as good");
        let told = "SELECT client_id || ' ' || actor AS line FROM audit_events WHERE action = 'token.revoked'";
        assert_eq!(db.lines(told).await, [format!("{CLIENT} client")]);
        house.close().await;
    }
}
