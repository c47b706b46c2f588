//! Identities taken from Users, given to others, and made from Logins that ended badly.

use super::fixture::*;
use saoma_core::audit::Action;
use saoma_core::id::{IdentityId, LoginId, UserId};
use saoma_core::login::{Login, Stage};
use saoma_core::provider::{Profile, VendorIdentity};
use saoma_core::user::admin::{AdmitTo, UserRefusal};
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

/// Somebody with two Identities, each with an alias of its own.
async fn two_ways(stores: &Stores) -> (UserId, IdentityId) {
    let user = confirm(stores, identity_of("wechat:wx1", "a", Some("u")), None).await;
    confirm(stores, identity_of("wechat:wx2", "b", Some("u")), None).await;
    let mut more = identity_of("wechat:wx2", "b", Some("u"));
    more.aliases.push(saoma_core::provider::Alias { namespace: "more".to_owned(), value: "own".to_owned() });
    confirm(stores, more, None).await;
    let detail = Office::of(stores).find(&user).await;
    assert_eq!((detail.person.identities.len(), detail.person.aliases.len()), (2, 2));
    (user, detail.person.identities.iter().find(|one| one.subject == "b").unwrap().id.clone())
}

/// A Login of this person that ended badly.
async fn failed(stores: &Stores, by: VendorIdentity) -> Login {
    let login = scanned(stores, by).await;
    let after = moved(&login, Stage::Failed);
    assert!(stores.logins.transition_login(&change(&login, after.clone())).await.unwrap());
    after
}

fn named(by: VendorIdentity, name: &str) -> VendorIdentity {
    VendorIdentity { profile: Profile { name: Some(name.to_owned()), picture: None }, ..by }
}

every_database! {
    async fn an_unlinked_identity_is_somebody_new(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (user, identity) = two_ways(&stores).await;
        let attempt = redeemed(&stores, identity_of("wechat:wx1", "a", Some("u"))).await;
        office.users.unlink(&office.edit(), office.read(&user).await, &identity).await.unwrap();
        let detail = office.find(&user).await;
        assert_eq!((detail.person.identities.len(), detail.person.aliases.len()), (1, 1), "the shared alias stays");
        assert_eq!(sub_of(&stores, &attempt).await, None);
        assert_ne!(confirm(&stores, identity_of("wechat:wx2", "b", None), None).await, user);
        assert_eq!(audited(&stores, Action::IdentityUnlinked).await, 1);
        assert!(!db.dump().await.contains("own"));
    }

    async fn the_last_identity_and_a_strangers_are_not_taken(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (user, identity) = two_ways(&stores).await;
        let other = confirm(&stores, identity_of("wechat:wx1", "z", None), None).await;
        let theirs = office.find(&other).await.person.identities[0].id.clone();
        let unlink = async |user: &UserId, identity: &IdentityId| {
            refused(office.users.unlink(&office.edit(), office.read(user).await, identity).await)
        };
        assert_eq!(unlink(&other, &theirs).await, UserRefusal::LastIdentity);
        assert_eq!(unlink(&other, &identity).await, UserRefusal::NoSuchIdentity);
        let (from, to) = (office.read(&other).await, office.read(&user).await);
        let linked = office.users.link(&office.link(), from.clone(), &theirs, to.clone()).await;
        assert_eq!(refused(linked), UserRefusal::LastIdentity);
        let linked = office.users.link(&office.link(), to.clone(), &identity, to.clone()).await;
        assert_eq!(refused(linked), UserRefusal::SameUser);
        assert_eq!((office.read(&other).await, office.read(&user).await), (from, to), "nothing was written");
        assert_eq!(audited(&stores, Action::IdentityUnlinked).await, 0);
    }

    async fn an_identity_is_given_to_another_user(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (user, identity) = two_ways(&stores).await;
        let attempt = redeemed(&stores, identity_of("wechat:wx1", "a", Some("u"))).await;
        let other = confirm(&stores, identity_of("wechat:wx9", "z", None), None).await;
        let (from, to) = (office.read(&user).await, office.read(&other).await);
        office.users.link(&office.link(), from, &identity, to).await.unwrap();
        let ids = |detail: saoma_core::user::admin::PersonDetail| {
            let person = detail.person;
            (person.identities.len(), person.aliases.into_iter().map(|one| one.value).collect::<Vec<_>>())
        };
        assert_eq!(ids(office.find(&user).await), (1, vec!["u".to_owned()]));
        assert_eq!(ids(office.find(&other).await), (2, vec!["own".to_owned()]));
        assert_eq!(sub_of(&stores, &attempt).await, None, "it may have come by the identity");
        assert_eq!(confirm(&stores, identity_of("wechat:wx2", "b", None), None).await, other);
        assert_eq!((audited(&stores, Action::IdentityUnlinked).await, audited(&stores, Action::IdentityLinked).await), (1, 1));
    }

    async fn a_user_is_made_from_a_failed_login(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let by = named(identity_of("wechat:wx1", "a", Some("u")), "阿明");
        let login = failed(&stores, by.clone()).await;
        let user = office.users.admit(&office.link(), &login.id, AdmitTo::NewUser).await.unwrap();
        let detail = office.find(&user).await;
        assert_eq!(detail.person.user.name.as_deref(), Some("阿明"));
        assert_eq!((detail.person.identities.len(), detail.person.aliases.len()), (1, 1));
        assert_eq!(confirm(&stores, by.clone(), None).await, user);
        assert_eq!((audited(&stores, Action::UserCreated).await, audited(&stores, Action::IdentityLinked).await), (1, 1));
        let again = office.users.admit(&office.link(), &login.id, AdmitTo::NewUser).await;
        assert_eq!(refused(again), UserRefusal::BelongsTo(user.clone()));
        assert_eq!(stores.logins.find_login(&login.id).await.unwrap().unwrap().stage, Stage::Failed);
        // Another way of the same person is led to the User that has the alias.
        let other_way = failed(&stores, identity_of("wechat:wx2", "b", Some("u"))).await;
        let new = office.users.admit(&office.link(), &other_way.id, AdmitTo::NewUser).await;
        assert_eq!(refused(new), UserRefusal::BelongsTo(user.clone()));
        let to = AdmitTo::User(office.read(&user).await);
        assert_eq!(office.users.admit(&office.link(), &other_way.id, to).await.unwrap(), user);
        assert_eq!(confirm(&stores, identity_of("wechat:wx2", "b", None), None).await, user);
    }

    async fn a_failed_login_is_linked_and_a_foreign_alias_is_offered(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let user = confirm(&stores, identity_of("wechat:wx1", "a", None), Some("阿明")).await;
        let owner = confirm(&stores, identity_of("wechat:wx1", "z", Some("u")), None).await;
        let login = failed(&stores, named(identity_of("wechat:wx2", "b", Some("u")), "other")).await;
        let to = AdmitTo::User(office.read(&user).await);
        assert_eq!(office.users.admit(&office.link(), &login.id, to).await.unwrap(), user);
        let detail = office.find(&user).await;
        assert_eq!(detail.person.user.name.as_deref(), Some("阿明"), "nobody is renamed");
        assert_eq!((detail.person.aliases.len(), detail.offers.len()), (0, 1));
        assert_eq!((&detail.offers[0].user, &detail.offers[0].other), (&user, &owner));
    }

    async fn a_login_that_tells_of_nobody_admits_nobody(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        for login in [begun(&stores).await.id, LoginId::generate(entropy())] {
            let admitted = office.users.admit(&office.link(), &login, AdmitTo::NewUser).await;
            assert_eq!(refused(admitted), UserRefusal::NobodyKnown);
        }
        assert_eq!(count(db, "users").await, 0);
    }
}
