//! Logins by redirect: claimed once, confirmed together with their code, and found when the one who
//! claimed them never came back.

use super::fixture::*;
use saoma_core::login::{ConfirmOutcome, IssuedCode, Login, RedeemOutcome, Stage};
use saoma_core::provider::Challenge;
use saoma_tests::database::Database;
use saoma_tests::every_database;

fn redirect() -> Login {
    let challenge = Challenge::Redirect { url: "https://w.example/c".to_owned() };
    Login { challenge, number: None, ..new_login() }
}

every_database! {
    async fn a_claim_notes_when_and_changes_nothing_else(db: &Database) {
        let stores = db.stores().await;
        let login = redirect();
        create(&stores, &login).await;
        begun(&stores).await;
        let claim = async |at| {
            let state = login.state_hash.as_ref().unwrap();
            stores.logins.claim_login(state, &login.provider, NOW.plus_seconds(at)).await.unwrap()
        };
        let claimed = Login { asked_at: Some(NOW.plus_seconds(7)), ..login.clone() };
        assert_eq!(claim(7).await.as_ref(), Some(&claimed));
        assert_eq!(claim(8).await, None);
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), Some(&claimed));
        // Whoever has claimed it moves it from where it was.
        let done = Login { asked_at: None, ..moved(&claimed, Stage::Failed) };
        assert!(stores.logins.transition_login(&change(&claimed, done)).await.unwrap());
        assert_eq!(claim(9).await, None);
    }

    async fn only_a_live_pending_login_of_that_provider_and_state_is_claimed(db: &Database) {
        let stores = db.stores().await;
        let login = redirect();
        create(&stores, &login).await;
        let (state, provider) = (login.state_hash.as_ref().unwrap(), &login.provider);
        let other = "other".parse().unwrap();
        for (state, provider, now) in
            [(&hash(), provider, NOW), (state, &other, NOW), (state, provider, login.expires_at)]
        {
            assert_eq!(stores.logins.claim_login(state, provider, now).await.unwrap(), None);
        }
        assert!(stores.logins.transition_login(&change(&login, moved(&login, Stage::Scanned))).await.unwrap());
        assert_eq!(stores.logins.claim_login(state, provider, NOW).await.unwrap(), None);
        let found = stores.logins.find_login_by_state(state).await.unwrap().unwrap();
        assert_eq!((found.stage, found.asked_at), (Stage::Scanned, None));
    }

    /// Its code is made by the callback: it comes with the confirmation and redeems.
    async fn a_confirmation_writes_the_code_that_comes_with_it(db: &Database) {
        let stores = db.stores().await;
        // A first login of this person, and one with nothing new.
        for _ in 0..2 {
            let login = redirect();
            create(&stores, &login).await;
            let (state, by) = (login.state_hash.as_ref().unwrap(), identity("a", Some("u")));
            let mut claimed = stores.logins.claim_login(state, &login.provider, NOW).await.unwrap().unwrap();
            claimed.proof = Some(saoma_core::login::Proof { identity: by.clone() });
            let known = stores.logins.find_identity(&by).await.unwrap();
            let mut request = confirmation(&claimed, known, None);
            let code = IssuedCode { hash: hash(), expires_at: NOW.plus_seconds(60) };
            request.transition.after.code = Some(code);
            request.transition.after.asked_at = None;
            let outcome = stores.logins.confirm_login(&request).await.unwrap();
            let ConfirmOutcome::Confirmed(user) = outcome else { panic!("lost without a race") };
            let expected = Login { user: Some(user), ..request.transition.after };
            assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), Some(&expected));
            let outcome = stores.logins.redeem_code(&redemption(&expected)).await.unwrap();
            assert!(matches!(outcome, RedeemOutcome::Redeemed(_)));
        }
        assert_eq!(count(db, "users").await, 1);
    }

    async fn an_identity_is_found_by_both_parts_of_its_key(db: &Database) {
        let stores = db.stores().await;
        let user = confirm(&stores, identity("a", Some("u")), Some("阿明")).await;
        let known = stores.logins.find_identity(&identity("a", None)).await.unwrap().unwrap();
        assert_eq!((known.user, known.name.map(|name| name.text).as_deref()), (user, Some("阿明")));
        assert_eq!(known.alias_mark, "wechat-union:main=u");
        for other in [identity("b", None), identity("u", None), identity_of("wechat:wx2", "a", Some("u"))] {
            assert_eq!(stores.logins.find_identity(&other).await.unwrap(), None);
        }
    }

    async fn logins_asked_about_are_listed_oldest_first_until_they_end(db: &Database) {
        let stores = db.stores().await;
        let mut logins = Vec::new();
        for seconds in [30, 10, 20] {
            let login = begun(&stores).await;
            let asked = Login { asked_at: Some(NOW.plus_seconds(seconds)), ..moved(&login, Stage::Scanned) };
            assert!(stores.logins.transition_login(&change(&login, asked.clone())).await.unwrap());
            logins.push(asked);
        }
        begun(&stores).await;
        let list = async |at, limit| stores.logins.list_asked_logins(NOW.plus_seconds(at), limit).await.unwrap();
        let [c, a, b] = &logins[..] else { panic!() };
        assert_eq!(list(31, 9).await, [a.clone(), b.clone(), c.clone()]);
        assert_eq!(list(31, 2).await, [a.clone(), b.clone()]);
        assert_eq!(list(30, 9).await, [a.clone(), b.clone()]);
        assert_eq!(list(10, 9).await, []);
        assert!(stores.logins.transition_login(&change(a, moved(a, Stage::Failed))).await.unwrap());
        let answered = Login { asked_at: None, ..moved(b, Stage::Confirmed) };
        assert!(stores.logins.transition_login(&change(b, answered)).await.unwrap());
        assert_eq!(list(31, 9).await, std::slice::from_ref(c));
    }
}
