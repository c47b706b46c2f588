//! Merges of Users: what moves, what websites are told, taken back exactly, and against Logins of the
//! same person at the same moment.

use super::fixture::*;
use saoma_core::audit::{Action, AuditOutcome};
use saoma_core::id::UserId;
use saoma_core::login::ConfirmOutcome;
use saoma_core::page::PageRequest;
use saoma_core::provider::VendorIdentity;
use saoma_core::user::admin::{Merge, UserFilter, UserRefusal, Versioned};
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All that is kept of Users, as a merge and its undoing must leave it: without versions, which only
/// grow, without the audit, which tells of both, and without what was granted, which an undoing ends.
async fn state(db: &Database) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for (table, columns) in [
        ("users", "id, name, name_key, name_from, locale, created_at, updated_at, disabled_at, merged_into"),
        ("identities", "id, user_id, namespace, subject, alias_mark, created_at, user_at"),
        ("aliases", "namespace, value, user_id, created_at"),
        ("pictures", "user_id, id, identity_id"),
        ("grants", "id, origin_id, client_id, user_id"),
        ("user_clients", "user_id, client_id, sub, user_at, first_at, last_at, logins"),
        ("merge_offers", "id, user_id, other_id, dismissed_at"),
        ("user_merges", "id, winner, loser, moved"),
        ("logins", "id, user_id, proof_subject"),
    ] {
        let text = columns.split(", ").map(|c| format!("COALESCE(CAST({c} AS TEXT), '-')"));
        let sql = format!(
            "SELECT {} AS line FROM {table} ORDER BY 1",
            text.collect::<Vec<_>>().join(" || ' ' || ")
        );
        all.insert(table, db.lines(&sql).await);
    }
    all
}

fn person(n: u32) -> VendorIdentity {
    identity_of(&format!("wechat:wx{n}"), &format!("openid-{n}"), Some(&format!("union-{n}")))
}

/// A person with a name or none, who has been at the shop.
async fn lives(stores: &Stores, n: u32, name: Option<&str>) -> UserId {
    let user = confirm(stores, person(n), name).await;
    redeemed(stores, person(n)).await;
    user
}

async fn undo(office: &Office, merge: &Merge) -> Result<(), saoma_core::user::admin::UserError> {
    let winner = office.read(&merge.winner).await;
    office.users.undo_merge(&office.link(), winner, &merge.id).await
}

/// A unionid of somebody else's turns up with this person.
async fn conflict(stores: &Stores, n: u32, with: u32) {
    let by = VendorIdentity { aliases: person(with).aliases, ..person(n) };
    let login = scanned(stores, by).await;
    let request = confirmation(&login, known(stores, &login).await, None);
    assert!(matches!(stores.logins.confirm_login(&request).await.unwrap(), ConfirmOutcome::Confirmed(_)));
}

async fn offers(stores: &Stores) -> Vec<(UserId, UserId)> {
    let page = stores.users.list_merge_offers(&PageRequest::first(200)).await.unwrap();
    page.items.into_iter().map(|offer| (offer.user, offer.other)).collect()
}

every_database! {
    async fn both_ways_lead_to_the_one_who_stays(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (a, b) = (lives(&stores, 1, None).await, lives(&stores, 2, Some("阿明")).await);
        office.merge(&a, &b).await;
        for n in [1, 2] {
            assert_eq!(confirm(&stores, person(n), None).await, a);
        }
        // Another app of the person's that only B's unionid is known by.
        assert_eq!(confirm(&stores, identity_of("wechat:wx9", "z", Some("union-2")), None).await, a);
        let detail = office.find(&a).await;
        assert_eq!((detail.person.identities.len(), detail.person.aliases.len(), detail.parts.as_slice()), (3, 2, &[b.clone()][..]));
        assert_eq!(detail.person.user.name.as_deref(), Some("阿明"), "whoever has no name takes the other's");
        let subs: Vec<_> = detail.person.uses.iter().map(|one| one.sub.clone()).collect();
        assert!(subs.len() == 2 && subs.contains(&a) && subs.contains(&b), "it shows which sub each website knows");
        assert_eq!(detail.grants.len(), 2);
        assert_eq!(office.list(&UserFilter::default()).await, std::slice::from_ref(&a));
        let found = office.users.find(&office.may(), &b).await;
        assert_eq!(refused(found), UserRefusal::Merged(a.clone()));
        let change = office.users.disable(&office.edit(), Versioned { user: b, version: 2 }).await;
        assert_eq!(refused(change), UserRefusal::Merged(a));
        assert_eq!(audited(&stores, Action::UsersMerged).await, 1);
    }

    /// A `sub` never changes under a website: the old token goes on telling it, with the profile of who stays.
    async fn an_old_token_goes_on_telling_its_sub(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let a = lives(&stores, 1, Some("stays")).await;
        let old = redeemed(&stores, person(2)).await;
        let b = sub_of(&stores, &old).await.unwrap();
        // One that was confirmed before and is redeemed after.
        let between = confirmed(&stores, person(2), None).await;
        let between = stores.logins.put_code(&new_code(&between)).await.unwrap().unwrap();
        let merge = office.merge(&a, &b).await;
        let told = stores.grants.find_user_by_token(&old.token.hash, NOW).await.unwrap().unwrap();
        assert_eq!((told.face.user, told.face.name.as_deref()), (b.clone(), Some("stays")));
        let attempt = redemption(&between);
        stores.logins.redeem_code(&attempt).await.unwrap();
        assert_eq!(sub_of(&stores, &attempt).await, Some(a.clone()));
        // Switched off is the whole person.
        undo(&office, &merge).await.unwrap();
        office.merge(&a, &b).await;
        office.users.disable(&office.edit(), office.read(&a).await).await.unwrap();
        assert_eq!((sub_of(&stores, &old).await, sub_of(&stores, &attempt).await), (None, None));
    }

    /// Merges in every order, undone in the opposite one, leave what was: names or none on either side, pictures, parts.
    async fn undoing_restores_exactly_what_was(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let mut users = Vec::new();
        for (n, name) in [(1, None), (2, Some("two")), (3, None), (4, Some("four"))] {
            users.push(lives(&stores, n, name).await);
        }
        for (index, user) in users.iter().enumerate().skip(1) {
            let image = saoma_core::provider::Image { media_type: "image/png", bytes: vec![7; index].into() };
            let id = saoma_core::id::PictureId::generate(entropy());
            let origin = saoma_core::user::PictureOrigin::Person;
            let picture = saoma_core::user::NewPicture { id, user: user.clone(), image, origin, at: NOW };
            assert!(stores.people.put_picture(&picture).await.unwrap());
        }
        conflict(&stores, 1, 2).await;
        scanned(&stores, person(2)).await;
        confirmed(&stores, person(3), None).await;
        // Which of the survivors goes into which, step by step.
        let plans: [&[(usize, usize)]; 6] = [
            &[(0, 1)],
            &[(1, 0)],
            &[(0, 1), (0, 2), (0, 3)],
            &[(1, 0), (2, 1), (3, 2)],
            &[(0, 1), (2, 3), (0, 2)],
            &[(3, 0), (1, 2), (1, 3)],
        ];
        for plan in plans {
            let mut steps = vec![state(db).await];
            let mut merges = Vec::new();
            for (winner, loser) in plan {
                merges.push(office.merge(&users[*winner], &users[*loser]).await);
                let now = state(db).await;
                assert_ne!(steps.last(), Some(&now));
                steps.push(now);
            }
            while let Some(merge) = merges.pop() {
                undo(&office, &merge).await.unwrap();
                steps.pop();
                assert_eq!(&state(db).await, steps.last().unwrap(), "{plan:?}");
                // Whoever logged in as both may hold what is the other's now.
                let live = "SELECT id AS line FROM grants WHERE revoked_at IS NULL AND user_id = ";
                assert!(db.lines(&format!("{live}'{}'", merge.winner)).await.is_empty());
            }
        }
    }

    async fn what_came_since_stays_where_it_belongs(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (a, b) = (lives(&stores, 1, None).await, lives(&stores, 2, Some("two")).await);
        let merge = office.merge(&a, &b).await;
        redeemed(&stores, person(2)).await;
        confirm(&stores, person(1), Some("renamed")).await;
        // A further alias of B's identity goes back with it.
        let mut more = person(2);
        more.aliases.push(saoma_core::provider::Alias { namespace: "more".to_owned(), value: "own".to_owned() });
        confirm(&stores, more, None).await;
        undo(&office, &merge).await.unwrap();
        let (one, two) = (office.find(&a).await.person, office.find(&b).await.person);
        assert_eq!(one.user.name.as_deref(), Some("renamed"));
        assert_eq!(two.user.name.as_deref(), Some("two"));
        assert_eq!((one.aliases.len(), two.aliases.len()), (1, 2));
        assert_eq!((one.uses[0].logins, two.uses[0].logins), (2, 1), "the shop was told A of the login since");
        assert_eq!((confirm(&stores, person(1), None).await, confirm(&stores, person(2), None).await), (a, b));
        assert_eq!(audited(&stores, Action::MergeUndone).await, 1);
    }

    async fn what_contradicts_is_said_and_nothing_is_half_undone(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let mut users = Vec::new();
        for n in 1..=3 {
            users.push(lives(&stores, n, None).await);
        }
        let [a, b, c] = users.try_into().unwrap();
        let first = office.merge(&a, &b).await;
        let moved = office.find(&a).await.person.identities.iter().find(|one| one.subject == "openid-2").unwrap().id.clone();
        let second = office.merge(&c, &a).await;
        // The later one first.
        let winner = Versioned { user: a.clone(), version: 9 };
        let early = office.users.undo_merge(&office.link(), winner, &first.id).await;
        assert_eq!(refused(early), UserRefusal::Merged(c.clone()));
        let other = office.users.undo_merge(&office.link(), office.read(&c).await, &first.id).await;
        assert_eq!(refused(other), UserRefusal::NoSuchMerge);
        undo(&office, &second).await.unwrap();
        // The identity went elsewhere.
        let (from, to) = (office.read(&a).await, office.read(&c).await);
        office.users.link(&office.link(), from, &moved, to).await.unwrap();
        let before = state(db).await;
        assert_eq!(refused(undo(&office, &first).await), UserRefusal::Contradicted);
        assert_eq!(state(db).await, before);
        // And back again.
        let (from, to) = (office.read(&c).await, office.read(&a).await);
        office.users.link(&office.link(), from, &moved, to).await.unwrap();
        undo(&office, &first).await.unwrap();
        assert_eq!(refused(undo(&office, &first).await), UserRefusal::NoSuchMerge);
        assert_eq!(confirm(&stores, person(2), None).await, b);
    }

    async fn nobody_is_merged_with_themselves_or_while_switched_off_or_as_read_too_early(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (a, b) = (lives(&stores, 1, None).await, lives(&stores, 2, None).await);
        let (one, two) = (office.read(&a).await, office.read(&b).await);
        let merge = async |winner: &Versioned, loser: &Versioned| {
            refused(office.users.merge(&office.link(), winner.clone(), loser.clone()).await)
        };
        assert_eq!(merge(&one, &one).await, UserRefusal::SameUser);
        let stale = Versioned { version: 99, ..two.clone() };
        let before = state(db).await;
        assert_eq!(merge(&one, &stale).await, UserRefusal::Changed);
        assert_eq!(merge(&stale, &one).await, UserRefusal::Changed);
        office.users.disable(&office.edit(), two).await.unwrap();
        let two = office.read(&b).await;
        assert_eq!(merge(&one, &two).await, UserRefusal::Disabled);
        assert_eq!(merge(&two, &one).await, UserRefusal::Disabled);
        assert_eq!(state(db).await["identities"], before["identities"]);
        assert_eq!(office.read(&a).await, one);
    }

    async fn a_merge_can_be_undone_for_thirty_days_and_is_then_settled(db: &Database) {
        let stores = db.stores().await;
        let (a, b) = (lives(&stores, 1, Some("one")).await, lives(&stores, 2, Some("two")).await);
        let merge = Office::of(&stores).merge(&a, &b).await;
        assert_eq!(Office::on_day(&stores, 30).users.settle_old_merges(9).await.unwrap(), 0);
        let late = Office::on_day(&stores, 31);
        assert_eq!(refused(undo(&late, &merge).await), UserRefusal::TooLate);
        assert!(late.find(&a).await.merges.is_empty());
        assert_eq!(late.users.settle_old_merges(9).await.unwrap(), 1);
        assert!(!db.dump().await.contains("two"), "what was kept for undoing is gone");
        assert_eq!(late.find(&a).await.parts, [b], "which it was stays explained");
    }

    /// A late alias of another User's is offered, once, until it is dismissed or the two are one.
    async fn a_late_alias_of_another_user_is_offered(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let (a, b) = (lives(&stores, 1, None).await, lives(&stores, 2, None).await);
        let c = lives(&stores, 3, None).await;
        conflict(&stores, 1, 2).await;
        conflict(&stores, 1, 2).await;
        assert_eq!(offers(&stores).await, [(a.clone(), b.clone())]);
        // Behind a push the alias comes later still.
        let late = saoma_core::user::LateAliases {
            identity: VendorIdentity { aliases: person(3).aliases, ..person(2) },
            at: NOW,
            conflict: entry(Action::AliasConflict).ended(AuditOutcome::Refused, "alias_belongs_to_another_user"),
            offer: saoma_core::id::OfferId::generate(entropy()),
        };
        stores.people.link_aliases(&late).await.unwrap();
        assert_eq!(offers(&stores).await.len(), 2);
        assert!(!db.lines("SELECT namespace AS line FROM merge_offers").await.concat().contains("union-3"));
        let merge = office.merge(&a, &b).await;
        assert_eq!(offers(&stores).await, [(a.clone(), c.clone())], "B's offer is A's now");
        assert_eq!(office.find(&c).await.offers.len(), 1);
        undo(&office, &merge).await.unwrap();
        assert_eq!(offers(&stores).await.len(), 2);
        let offer = office.find(&c).await.offers[0].id.clone();
        office.users.dismiss_offer(&office.edit(), &offer).await.unwrap();
        let again = office.users.dismiss_offer(&office.edit(), &offer).await;
        assert_eq!(refused(again), UserRefusal::NoSuchMerge);
        assert_eq!(offers(&stores).await, [(a, b)]);
    }

    /// Whoever logs in while they are merged, or taken apart, ends at a User that is there, and no Identity, alias or Login under way is left with one that is not.
    async fn merges_and_logins_at_once_end_consistently(db: &Database) {
        let stores = db.stores().await;
        let office = Arc::new(Office::of(&stores));
        let (a, b) = (lives(&stores, 1, None).await, lives(&stores, 2, None).await);
        let mut merge: Option<Merge> = None;
        for round in 0..30 {
            let mut requests = Vec::new();
            for n in [1, 2] {
                let login = scanned(&stores, person(n)).await;
                requests.push(confirmation(&login, known(&stores, &login).await, None));
            }
            // With a new name, and by an app that only the unionid leads from.
            let login = scanned(&stores, person(2)).await;
            requests.push(confirmation(&login, known(&stores, &login).await, Some(&format!("name {round}"))));
            let new = identity_of(&format!("wechat:new{round}"), "x", Some("union-2"));
            requests.push(confirmation(&scanned(&stores, new).await, None, None));
            let change = {
                let (office, a, b, last) = (Arc::clone(&office), a.clone(), b.clone(), merge.take());
                tokio::spawn(async move {
                    match last {
                        Some(merge) => {
                            // A login that holds the row first makes the version another one.
                            for _ in 0..50 {
                                if undo(&office, &merge).await.is_ok() {
                                    return None;
                                }
                            }
                            panic!("never undone");
                        }
                        None => loop {
                            let (one, two) = (office.read(&a).await, office.read(&b).await);
                            if let Ok(merge) = office.users.merge(&office.link(), one, two).await {
                                return Some(merge);
                            }
                        },
                    }
                })
            };
            let confirming = requests.into_iter().map(|request| {
                let store = Arc::clone(&stores.logins);
                tokio::spawn(async move { (request.transition.after.id.clone(), store.confirm_login(&request).await.unwrap()) })
            });
            for (id, outcome) in futures_util::future::join_all(confirming).await.into_iter().map(Result::unwrap) {
                let after = stores.logins.find_login(&id).await.unwrap().unwrap();
                match outcome {
                    ConfirmOutcome::Confirmed(user) => assert!(user == a || user == b),
                    // Unsettled by the merge: whoever asks looks again, and finds whose it is.
                    ConfirmOutcome::Lost => {
                        let told = known(&stores, &after).await;
                        let again = stores.logins.confirm_login(&confirmation(&after, told, None)).await.unwrap();
                        assert!(matches!(again, ConfirmOutcome::Confirmed(_)), "{again:?}");
                    }
                    ConfirmOutcome::Disabled(_) => panic!("nobody is switched off"),
                }
            }
            merge = change.await.unwrap();
            for table in ["identities", "aliases"] {
                let sql = format!("SELECT u.id AS line FROM {table} t JOIN users u ON u.id = t.user_id WHERE u.merged_into IS NOT NULL");
                assert_eq!(db.lines(&sql).await, [] as [&str; 0], "{table} {round}");
            }
            let stray = "SELECT l.id AS line FROM logins l LEFT JOIN users u ON u.id = l.user_id WHERE l.user_id IS NOT NULL AND u.id IS NULL";
            assert_eq!(db.lines(stray).await, [] as [&str; 0]);
            let expected = if merge.is_some() { &a } else { &b };
            assert_eq!(&confirm(&stores, person(2), None).await, expected);
        }
    }
}
