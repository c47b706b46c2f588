//! Which User a confirmation leads to: the key is (namespace, subject), an alias only links.

use super::fixture::*;
use saoma_core::audit::Action;
use saoma_core::audit::AuditScope;
use saoma_core::login::{ConfirmOutcome, Login, Stage};
use saoma_tests::database::Database;
use saoma_tests::every_database;

every_database! {
    async fn a_first_login_makes_a_user_and_later_ones_find_it(db: &Database) {
        let stores = db.stores().await;
        let login = confirmed(&stores, identity("a", None), Some("阿明")).await;
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap().as_ref(), Some(&login));
        let user = login.user.unwrap();
        for _ in 0..3 {
            assert_eq!(confirm(&stores, identity("a", None), None).await, user);
        }
        assert_ne!(confirm(&stores, identity("b", None), None).await, user);
        assert_ne!(confirm(&stores, identity_of("wechat:wx2", "a", None), None).await, user);
        assert_eq!((count(db, "users").await, count(db, "identities").await), (3, 3));
    }

    async fn what_is_known_is_told_with_the_login(db: &Database) {
        let stores = db.stores().await;
        let user = confirm(&stores, identity("a", Some("u")), Some("阿明")).await;
        let login = scanned(&stores, identity("a", Some("u"))).await;
        let known = known(&stores, &login).await.unwrap();
        assert_eq!((known.user, known.name.map(|name| name.text).as_deref()), (user, Some("阿明")));
        assert_eq!(known.alias_mark, login.proof.unwrap().identity.alias_mark());
    }

    async fn a_unionid_leads_two_identities_to_one_user(db: &Database) {
        let stores = db.stores().await;
        let user = confirm(&stores, identity_of("wechat:wx1", "a", Some("u")), Some("阿明")).await;
        assert_eq!(confirm(&stores, identity_of("wechat:wx2", "b", Some("u")), None).await, user);
        assert_eq!(confirm(&stores, identity_of("wechat:wx2", "b", None), None).await, user);
        assert_eq!((count(db, "users").await, count(db, "identities").await, count(db, "aliases").await), (1, 2, 1));
    }

    async fn a_unionid_that_turns_up_later_is_linked(db: &Database) {
        let stores = db.stores().await;
        let user = confirm(&stores, identity("a", None), None).await;
        assert_eq!(confirm(&stores, identity("a", Some("u")), None).await, user);
        assert_eq!(confirm(&stores, identity_of("wechat:wx2", "b", Some("u")), None).await, user);
        assert_eq!(audited(&stores, Action::AliasConflict).await, 0);
    }

    async fn a_unionid_of_another_user_links_nothing_and_is_recorded_once(db: &Database) {
        let stores = db.stores().await;
        let one = confirm(&stores, identity_of("wechat:wx1", "a", Some("u")), None).await;
        let two = confirm(&stores, identity_of("wechat:wx2", "b", None), None).await;
        for _ in 0..3 {
            assert_eq!(confirm(&stores, identity_of("wechat:wx2", "b", Some("u")), None).await, two);
        }
        assert_eq!(audited(&stores, Action::AliasConflict).await, 1);
        assert_eq!(confirm(&stores, identity_of("wechat:wx3", "c", Some("u")), None).await, one);
        let page = saoma_core::page::PageRequest::first(200);
        let rows = stores.audit.list_audit(&AuditScope::all(), &page).await.unwrap().items;
        let row = rows.iter().find(|row| row.action == Action::AliasConflict.as_str()).unwrap();
        assert_eq!(row.user_id.as_deref(), Some(two.as_str()));
        assert_eq!(row.client_id.as_deref(), Some("shop"));
    }

    async fn a_name_is_kept_until_another_is_said(db: &Database) {
        let stores = db.stores().await;
        let names = ["NULL", "阿明", "阿明", "小明", "小明"];
        for (said, kept) in [None, Some("阿明"), None, Some("小明"), Some("小明")].into_iter().zip(names) {
            confirm(&stores, identity("a", None), said).await;
            let sql = "SELECT COALESCE(name, 'NULL') AS line FROM users";
            assert_eq!(db.raw().await.lines(sql).await.unwrap(), [kept]);
        }
    }

    async fn a_second_identity_of_a_user_can_change_the_name(db: &Database) {
        let stores = db.stores().await;
        confirm(&stores, identity_of("wechat:wx1", "a", Some("u")), None).await;
        confirm(&stores, identity_of("wechat:wx2", "b", Some("u")), Some("阿明")).await;
        assert_eq!(db.raw().await.lines("SELECT name AS line FROM users").await.unwrap(), ["阿明"]);
    }

    /// LOG-03: a Login that moved meanwhile is not confirmed, and no account comes of the attempt.
    async fn log_03_a_lost_confirmation_leaves_nothing(db: &Database) {
        let stores = db.stores().await;
        let user = confirm(&stores, identity("known", None), None).await;
        for subject in ["known", "new"] {
            let login = scanned(&stores, identity(subject, Some("u"))).await;
            let request = confirmation(&login, known(&stores, &login).await, Some("阿明"));
            let denied = moved(&login, Stage::Denied);
            assert!(stores.logins.transition_login(&change(&login, denied.clone())).await.unwrap());
            assert_eq!(stores.logins.confirm_login(&request).await.unwrap(), ConfirmOutcome::Lost);
            assert_eq!(stores.logins.find_login(&login.id).await.unwrap(), Some(denied));
        }
        assert_eq!((count(db, "users").await, count(db, "aliases").await), (1, 0));
        assert_eq!(confirm(&stores, identity("known", None), None).await, user);
    }

    async fn a_confirmation_read_before_the_account_existed_finds_it(db: &Database) {
        let stores = db.stores().await;
        let login = scanned(&stores, identity("a", Some("u"))).await;
        let early = confirmation(&login, None, None);
        let user = confirm(&stores, identity("a", Some("u")), None).await;
        assert_eq!(stores.logins.confirm_login(&early).await.unwrap(), ConfirmOutcome::Confirmed(user.clone()));
        let Login { user: found, .. } = stores.logins.find_login(&login.id).await.unwrap().unwrap();
        assert_eq!(found, Some(user));
    }
}
