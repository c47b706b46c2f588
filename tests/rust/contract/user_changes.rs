//! Users switched off and on, deprived of what they granted, deleted: at once, at the version that was
//! read, with an audit row or not at all.

use super::fixture::*;
use saoma_core::audit::Action;
use saoma_core::id::PictureId;
use saoma_core::id::UserId;
use saoma_core::login::{ConfirmOutcome, RedeemOutcome};
use saoma_core::provider::{Image, Profile, VendorIdentity};
use saoma_core::user::admin::{TokensOf, UserFilter, UserRefusal, Versioned};
use saoma_core::user::{NewPicture, PictureOrigin};
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

async fn put_picture(stores: &Stores, user: &UserId) {
    let image = Image { media_type: "image/png", bytes: b"a picture of somebody".to_vec().into() };
    let id = PictureId::generate(entropy());
    let picture = NewPicture { id, user: user.clone(), image, origin: PictureOrigin::Person, at: NOW };
    assert!(stores.people.put_picture(&picture).await.unwrap());
}

every_database! {
    async fn whoever_is_switched_off_cannot_log_in_until_switched_on(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let user = confirm(&stores, identity("a", Some("u")), Some("阿明")).await;
        office.users.disable(&office.edit(), office.read(&user).await).await.unwrap();
        // By the known identity, by news of it, and by another one that its alias leads to.
        for by in [identity("a", Some("u")), identity("a", Some("other")), identity_of("wechat:wx9", "z", Some("u"))] {
            let login = scanned(&stores, by).await;
            for told in [known(&stores, &login).await, None] {
                let request = confirmation(&login, told, Some("小明"));
                let outcome = stores.logins.confirm_login(&request).await.unwrap();
                assert_eq!(outcome, ConfirmOutcome::Disabled(user.clone()));
            }
            assert_eq!(stores.logins.find_login(&login.id).await.unwrap(), Some(login));
        }
        assert_eq!((count(db, "users").await, count(db, "identities").await, count(db, "aliases").await), (1, 1, 1));
        office.users.enable(&office.edit(), office.read(&user).await).await.unwrap();
        assert_eq!(confirm(&stores, identity("a", Some("u")), None).await, user);
        assert_eq!(actions(&stores).await.iter().filter(|action| action.starts_with("user.")).count(), 2);
    }

    /// What was granted is over at once, and so is a code that waits to be redeemed; nothing of it comes back.
    async fn switching_off_ends_tokens_and_codes_for_good(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let attempt = redeemed(&stores, identity("a", None)).await;
        let user = sub_of(&stores, &attempt).await.unwrap();
        let waiting = confirmed(&stores, identity("a", None), None).await;
        let waiting = stores.logins.put_code(&new_code(&waiting)).await.unwrap().unwrap();
        let other = redeemed(&stores, identity("b", None)).await;
        office.users.disable(&office.edit(), office.read(&user).await).await.unwrap();
        for _ in 0..2 {
            assert_eq!(sub_of(&stores, &attempt).await, None);
            assert_eq!(stores.logins.redeem_code(&redemption(&waiting)).await.unwrap(), RedeemOutcome::Unknown);
            office.users.enable(&office.edit(), office.read(&user).await).await.unwrap();
        }
        assert!(sub_of(&stores, &other).await.is_some());
    }

    /// A token that slipped in between opens nothing, nor does a code.
    async fn a_switched_off_user_is_told_of_to_nobody(db: &Database) {
        let stores = db.stores().await;
        let attempt = redeemed(&stores, identity("a", None)).await;
        let waiting = confirmed(&stores, identity("a", None), None).await;
        let waiting = stores.logins.put_code(&new_code(&waiting)).await.unwrap().unwrap();
        db.raw().await.execute("UPDATE users SET disabled_at = 1").await.unwrap();
        assert_eq!(sub_of(&stores, &attempt).await, None);
        assert_eq!(stores.logins.redeem_code(&redemption(&waiting)).await.unwrap(), RedeemOutcome::Burned);
    }

    async fn a_change_holds_for_the_version_that_was_read_only(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let user = confirm(&stores, identity("a", None), None).await;
        let read = office.read(&user).await;
        confirm(&stores, identity("a", None), Some("阿明")).await;
        let stale = office.users.disable(&office.edit(), read.clone()).await;
        assert_eq!(refused(stale), UserRefusal::Changed);
        assert_eq!(refused(office.users.delete(&office.may(), read.clone()).await), UserRefusal::Changed);
        let tokens = office.users.revoke_tokens(&office.edit(), read, TokensOf::Everywhere).await;
        assert_eq!(refused(tokens), UserRefusal::Changed);
        let nobody = Versioned { user: UserId::generate(entropy()), version: 1 };
        assert_eq!(refused(office.users.disable(&office.edit(), nobody).await), UserRefusal::NotFound);
        assert_eq!(audited(&stores, Action::UserDisabled).await, 0);
        let current = office.read(&user).await;
        office.users.disable(&office.edit(), current.clone()).await.unwrap();
        assert_eq!(office.read(&user).await.version, current.version + 1);
    }

    async fn tokens_are_revoked_at_one_website_or_everywhere(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let attempt = redeemed(&stores, identity("a", None)).await;
        let user = sub_of(&stores, &attempt).await.unwrap();
        for (client, ended) in [("blog", 0), ("shop", 1), ("shop", 0)] {
            let client = TokensOf::Client(client.parse().unwrap());
            let read = office.read(&user).await;
            assert_eq!(office.users.revoke_tokens(&office.edit(), read, client).await.unwrap(), ended);
        }
        assert_eq!(sub_of(&stores, &attempt).await, None);
        let again = redeemed(&stores, identity("a", None)).await;
        let read = office.read(&user).await;
        assert_eq!(office.users.revoke_tokens(&office.edit(), read, TokensOf::Everywhere).await.unwrap(), 1);
        assert_eq!(sub_of(&stores, &again).await, None);
        assert_eq!(audited(&stores, Action::GrantsRevoked).await, 4);
    }

    /// PRV-01: of a deleted person nothing is left but our own ids in the audit; of others everything.
    async fn prv_01_nothing_of_a_deleted_person_is_left(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let named = |by: VendorIdentity, name: &str| {
            let profile = Profile { name: Some(name.to_owned()), picture: None };
            VendorIdentity { profile, ..by }
        };
        let main = named(identity_of("wechat:wx1", "openid-main", Some("union-main")), "gone-told");
        let user = confirm(&stores, main.clone(), Some("gone-typed")).await;
        redeemed(&stores, main.clone()).await;
        put_picture(&stores, &user).await;
        // Somebody who became part of the person, with a part of its own.
        let part = confirm(&stores, identity_of("wechat:wx2", "openid-part", Some("union-part")), Some("gone-part")).await;
        let parts_part = confirm(&stores, identity_of("wechat:wx3", "openid-third", None), Some("gone-third")).await;
        redeemed(&stores, identity_of("wechat:wx3", "openid-third", None)).await;
        put_picture(&stores, &parts_part).await;
        office.merge(&part, &parts_part).await;
        office.merge(&user, &part).await;
        // Logins under way, and an alias of somebody else's.
        scanned(&stores, main.clone()).await;
        confirmed(&stores, main.clone(), None).await;
        let other = confirm(&stores, identity_of("wechat:wx1", "openid-other", Some("union-other")), Some("stays")).await;
        let conflicting = identity_of("wechat:wx2", "openid-part", Some("union-other"));
        let login = scanned(&stores, conflicting).await;
        let request = confirmation(&login, known(&stores, &login).await, None);
        stores.logins.confirm_login(&request).await.unwrap();
        assert_eq!(count(db, "merge_offers").await, 1);
        let before = db.dump().await;
        let traces = ["openid-main", "union-main", "gone-", "openid-part", "union-part", "openid-third"];
        for trace in traces {
            assert!(before.contains(trace), "{trace}");
        }
        office.users.delete(&office.may(), office.read(&user).await).await.unwrap();
        let after = db.dump().await;
        for trace in traces {
            let found: Vec<_> = after.lines().filter(|line| line.contains(trace)).collect();
            assert!(found.is_empty(), "{trace}: {found:?}");
        }
        for table in ["grants", "access_tokens", "pictures", "user_clients", "user_merges", "merge_offers"] {
            assert_eq!(count(db, table).await, 0, "{table}");
        }
        assert!(after.contains("openid-other") && after.contains("union-other"));
        assert_eq!(office.list(&UserFilter::default()).await, [other]);
        assert_eq!(audited(&stores, Action::UserDeleted).await, 1);
        assert_ne!(confirm(&stores, main, None).await, user, "they come back as somebody new");
    }

    /// PRV-01: likewise when the vendor has the last Identity forgotten.
    async fn prv_01_a_vendors_word_takes_parts_with_it(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let user = confirm(&stores, identity_of("wechat:wx1", "openid-main", None), Some("gone-main")).await;
        let part = confirm(&stores, identity_of("wechat:wx2", "openid-part", Some("union-part")), Some("gone-part")).await;
        office.merge(&user, &part).await;
        for by in [identity_of("wechat:wx2", "openid-part", None), identity_of("wechat:wx1", "openid-main", None)] {
            let row = |action| entry(action);
            let forgetting = saoma_core::user::Forgetting {
                identity: by,
                at: NOW,
                forgotten: row(Action::IdentityForgotten),
                deleted: row(Action::UserDeleted),
            };
            stores.people.forget_identity(&forgetting).await.unwrap();
            assert_eq!(count(db, "user_merges").await, 0, "without the identity it cannot be undone");
        }
        let after = db.dump().await;
        assert!(!after.contains("openid-") && !after.contains("union-") && !after.contains("gone-"), "{after}");
        assert_eq!(count(db, "users").await, 0);
    }
}
