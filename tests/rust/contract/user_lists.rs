//! Lists of Users: every filter against what it means, page by page, by indexes among many.

use super::fixture::*;
use saoma_core::Timestamp;
use saoma_core::id::UserId;
use saoma_core::page::PageRequest;
use saoma_core::user::admin::UserFilter;
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

/// 600 Users, of whom three share a moment: every second by a second app, every fifth at the blog, every
/// tenth switched off, every fiftieth part of the one before.
const MANY: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
    INSERT INTO users (id, name, name_key, created_at, updated_at, disabled_at, merged_into)
    SELECT 'usr_' || substr('0000000000000000000000' || i, -22), NULL, NULL, i / 3, i, CASE i % 10 WHEN 0 THEN i ELSE NULL END, NULL FROM n;
    UPDATE users SET name = 'Name' || (updated_at % 7), name_key = 'name' || (updated_at % 7);
    UPDATE users SET merged_into = (SELECT id FROM users o WHERE o.updated_at = users.updated_at - 1) WHERE updated_at % 50 = 0;
    INSERT INTO identities (id, user_id, namespace, subject, alias_mark, created_at, user_at)
    SELECT 'idn_' || substr(id, 5), id, CASE updated_at % 2 WHEN 0 THEN 'wechat:wx1' ELSE 'wechat:wx2' END, 's' || updated_at, '', updated_at, created_at
    FROM users WHERE merged_into IS NULL;
    INSERT INTO identities (id, user_id, namespace, subject, alias_mark, created_at, user_at)
    SELECT 'idx_' || substr(id, 5), id, 'wechat:wx1', 't' || updated_at, '', updated_at, created_at FROM users WHERE updated_at % 3 = 0 AND merged_into IS NULL;
    INSERT INTO aliases (namespace, value, user_id, created_at) SELECT 'wechat-union:main', 'u' || updated_at, id, updated_at FROM users WHERE merged_into IS NULL;
    INSERT INTO user_clients (user_id, client_id, sub, user_at, first_at, last_at, logins)
    SELECT id, CASE updated_at % 5 WHEN 0 THEN 'blog' ELSE 'shop' END, id, created_at, 1, 2, 3 FROM users WHERE merged_into IS NULL;
    UPDATE identities SET id = 'idn_x' || substr(id, 6) WHERE id LIKE 'idx_%';";

/// PostgreSQL has no substr from the end.
async fn fill(db: &Database) {
    let sql = if db.is_sqlite() {
        MANY.to_owned()
    } else {
        MANY.replace("substr('0000000000000000000000' || i, -22)", "right('0000000000000000000000' || i, 22)")
    };
    db.raw().await.execute(&sql).await.unwrap();
}

fn user(i: i64) -> UserId {
    format!("usr_{i:022}").parse().unwrap()
}

/// Whether User `i` is in a list by this filter.
fn holds(filter: &UserFilter, i: i64) -> bool {
    let own = |wanted: Option<&str>, prefix: char| wanted.is_none_or(|w| w == format!("{prefix}{i}"));
    let by_wx1 = i % 2 == 0 || i % 3 == 0;
    i % 50 != 0
        && filter.name.as_deref().is_none_or(|n| format!("name{}", i % 7).starts_with(&n.to_lowercase()))
        && (own(filter.subject.as_deref(), 's') || (i % 3 == 0 && own(filter.subject.as_deref(), 't')))
        && own(filter.alias.as_deref(), 'u')
        && filter.id.as_ref().is_none_or(|id| *id == user(i))
        && match filter.namespace.as_deref() {
            None => true,
            Some("wechat:wx1") => by_wx1,
            Some(_) => i % 2 == 1,
        }
        && match filter.client.as_ref().map(saoma_core::client::ClientId::as_str) {
            None => true,
            Some("blog") => i % 5 == 0,
            Some(_) => i % 5 != 0,
        }
        && filter.created_from.is_none_or(|from| i / 3 >= from.0)
        && filter.created_to.is_none_or(|to| i / 3 <= to.0)
        && filter.disabled.is_none_or(|disabled| disabled == (i % 10 == 0))
}

fn expected(filter: &UserFilter) -> Vec<UserId> {
    let mut found: Vec<i64> = (1..=600).filter(|i| holds(filter, *i)).collect();
    found.sort_by_key(|i| std::cmp::Reverse((i / 3, *i)));
    found.into_iter().map(user).collect()
}

/// Every part of the filter, alone and with every other.
fn filters() -> Vec<UserFilter> {
    type Part = fn(&mut UserFilter);
    let parts: [Part; 12] = [
        |f| f.name = Some("NAME3".to_owned()),
        |f| f.name = Some("ｎａ".to_owned()),
        |f| f.subject = Some("s77".to_owned()),
        |f| f.subject = Some("t99".to_owned()),
        |f| f.alias = Some("u77".to_owned()),
        |f| f.id = Some(user(77)),
        |f| f.namespace = Some("wechat:wx1".to_owned()),
        |f| f.namespace = Some("wechat:wx2".to_owned()),
        |f| f.client = Some("blog".parse().unwrap()),
        |f| f.created_from = Some(Timestamp(25)),
        |f| f.created_to = Some(Timestamp(100)),
        |f| f.disabled = Some(true),
    ];
    let mut all = vec![UserFilter::default(), UserFilter { disabled: Some(false), ..UserFilter::default() }];
    for one in parts {
        for other in parts {
            let mut filter = UserFilter::default();
            one(&mut filter);
            other(&mut filter);
            all.push(filter);
        }
    }
    all
}

/// The whole list in pages of so many.
async fn pages(stores: &Stores, filter: &UserFilter, limit: u16) -> Vec<UserId> {
    let mut request = PageRequest::first(limit);
    let mut seen = Vec::new();
    loop {
        let page = stores.users.list_users(filter, &request).await.unwrap();
        assert!(page.items.len() <= usize::from(limit));
        seen.extend(page.items.into_iter().map(|person| person.user.id));
        request.after = page.next;
        if request.after.is_none() {
            return seen;
        }
    }
}

every_database! {
    async fn every_filter_and_pair_of_filters_holds_what_it_says(db: &Database) {
        let stores = db.stores().await;
        fill(db).await;
        for filter in filters() {
            let asked = UserFilter { name: filter.name.clone().map(|n| n.replace("ｎａ", "na")), ..filter.clone() };
            assert_eq!(pages(&stores, &filter, 200).await, expected(&asked), "{filter:?} {:?}", filter.name);
        }
    }

    async fn pages_hold_every_user_once_newest_first(db: &Database) {
        let stores = db.stores().await;
        fill(db).await;
        for (filter, limits) in [
            (UserFilter::default(), [7, 100]),
            (UserFilter { namespace: Some("wechat:wx1".to_owned()), ..UserFilter::default() }, [7, 50]),
            (UserFilter { client: Some("blog".parse().unwrap()), ..UserFilter::default() }, [1, 3]),
            (UserFilter { name: Some("name".to_owned()), ..UserFilter::default() }, [13, 199]),
        ] {
            for limit in limits {
                assert_eq!(pages(&stores, &filter, limit).await, expected(&filter), "{filter:?} {limit}");
            }
        }
        for mark in ["", "x", "1", "x.y"] {
            let request = PageRequest { after: Some(mark.to_owned()), limit: 9 };
            assert!(stores.users.list_users(&UserFilter::default(), &request).await.unwrap().items.is_empty());
        }
    }

    async fn whoever_became_part_of_another_is_found_as_that_one(db: &Database) {
        let stores = db.stores().await;
        fill(db).await;
        let filter = UserFilter { id: Some(user(50)), ..UserFilter::default() };
        assert_eq!(pages(&stores, &filter, 9).await, [user(49)]);
    }

    async fn a_listed_user_comes_with_all_by_which_it_is_known(db: &Database) {
        let stores = db.stores().await;
        let first = redeemed(&stores, identity_of("wechat:wx1", "openid-a", Some("union-a"))).await;
        redeemed(&stores, identity_of("wechat:wx2", "openid-b", Some("union-a"))).await;
        let office = Office::of(&stores);
        let user = sub_of(&stores, &first).await.unwrap();
        let detail = office.find(&user).await;
        let person = &detail.person;
        let mut known: Vec<_> = person.identities.iter().map(|one| (one.namespace.as_str(), one.subject.as_str())).collect();
        known.sort_unstable();
        assert_eq!(known, [("wechat:wx1", "openid-a"), ("wechat:wx2", "openid-b")]);
        assert_eq!(person.aliases.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["union-a"]);
        assert_eq!(person.uses.len(), 1);
        assert_eq!((person.uses[0].client.as_str(), &person.uses[0].sub, person.uses[0].logins), ("shop", &user, 2));
        assert_eq!(person.last_login_at(), Some(NOW));
        assert_eq!(detail.grants.iter().map(|grant| grant.tokens).collect::<Vec<_>>(), [1, 1]);
        assert!(!format!("{detail:?}").contains("openid-a") && !format!("{detail:?}").contains("union-a"));
        for (filter, found) in [
            (UserFilter { subject: Some("openid-b".to_owned()), ..UserFilter::default() }, true),
            (UserFilter { alias: Some("union-a".to_owned()), ..UserFilter::default() }, true),
            (UserFilter { subject: Some("OPENID-B".to_owned()), ..UserFilter::default() }, false),
            (UserFilter { alias: Some("union".to_owned()), ..UserFilter::default() }, false),
        ] {
            assert_eq!(!office.list(&filter).await.is_empty(), found);
        }
    }

    async fn a_name_is_found_by_its_beginning_whatever_its_case_and_width(db: &Database) {
        let stores = db.stores().await;
        let office = Office::of(&stores);
        let user = confirm(&stores, identity("a", None), Some("Émile 张小明")).await;
        for (name, found) in [("émile", true), ("ÉMI", true), ("ＥＭＩ", false), ("Émile 张小", true), ("张小明", false), ("", true)] {
            let filter = UserFilter { name: Some(name.to_owned()), ..UserFilter::default() };
            assert_eq!(office.list(&filter).await == std::slice::from_ref(&user), found, "{name}");
        }
        confirm(&stores, identity("a", None), Some("ＡＢＣ")).await;
        let filter = UserFilter { name: Some("abc".to_owned()), ..UserFilter::default() };
        assert_eq!(office.list(&filter).await, [user]);
    }
}
