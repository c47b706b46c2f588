//! The audit as a list: each filter shows exactly the rows it means, page by page, names included, and
//! finds them by indexes.

use super::fixture::*;
use super::plans::plan;
use saoma_core::audit::{
    Action, Actor, AuditEntry, AuditFilter, AuditOutcome, AuditScope, NamesWanted, StoredAudit,
};
use saoma_core::calendar::Zone;
use saoma_core::id::{AdminId, UserId};
use saoma_core::page::PageRequest;
use saoma_store::Stores;
use saoma_tests::database::Database;
use saoma_tests::every_database;

const ACTIONS: [Action; 5] = [
    Action::LoginBegan,
    Action::LoginEnded,
    Action::ClientCreated,
    Action::ClientChanged,
    Action::SettingsChanged,
];

fn pick<T: Clone>(from: &[T]) -> T {
    let [byte] = entropy().bytes::<1>();
    from[usize::from(byte) % from.len()].clone()
}

/// People and things of which each row names some.
struct World {
    admins: Vec<AdminId>,
    users: Vec<UserId>,
    texts: [&'static str; 3],
    addresses: [&'static str; 3],
}

impl World {
    fn new() -> Self {
        let admins = (0..3).map(|_| AdminId::generate(entropy())).collect();
        let users = (0..3).map(|_| UserId::generate(entropy())).collect();
        Self {
            admins,
            users,
            texts: ["shop", "blog", "mini"],
            addresses: ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
        }
    }

    fn row(&self, index: i64) -> AuditEntry {
        let actors = [Actor::Browser, Actor::Admin(pick(&self.admins)), Actor::System, Actor::CommandLine];
        let target = pick(&self.texts);
        let row =
            AuditEntry::new(entropy(), NOW.plus_millis(index / 3), &pick(&actors), pick(&ACTIONS), target);
        let row = if pick(&[true, false]) { row } else { row.ended(AuditOutcome::Refused, "why") };
        AuditEntry {
            address: pick(&[None, Some(pick(&self.addresses).parse().unwrap())]),
            client_id: pick(&[None, Some(pick(&self.texts).to_owned())]),
            provider: pick(&[None, Some(pick(&self.texts).to_owned())]),
            user_id: pick(&[None, Some(pick(&self.users).to_string())]),
            ..row
        }
    }

    /// A filter with some parts, as the query of a URL.
    fn query(&self) -> String {
        let at = |index| NOW.plus_millis(index).to_rfc3339();
        let parts = [
            format!("actor={}", pick(&["browser", "admin", "system", "command_line", "vendor"])),
            format!("admin={}", pick(&self.admins)),
            format!("action={}", pick(&["client.", "login.ended", "settings.changed", "login."])),
            format!("action={}", pick(&["client.created", "login.began", "api_token."])),
            format!("target={}", pick(&self.texts)),
            format!("client={}", pick(&self.texts)),
            format!("provider={}", pick(&self.texts)),
            format!("user={}", pick(&self.users)),
            format!("address={}", pick(&self.addresses)),
            format!("outcome={}", pick(&["success", "refused", "failure"])),
            format!("from={}", at(20)),
            format!("to={}", at(60)),
        ];
        let some = parts.into_iter().filter(|_| pick(&[true, false, false, false]));
        some.collect::<Vec<_>>().join("&")
    }
}

fn read(query: &str) -> AuditFilter {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    AuditFilter::parse(pairs, Zone::UTC).unwrap()
}

fn scope(query: &str) -> AuditScope {
    read(query).within(Zone::UTC)
}

/// What a filter means, said once more and plainly.
fn means(scope: &AuditScope, row: &StoredAudit) -> bool {
    let filter = &scope.filter;
    let same = |wanted: Option<String>, has: Option<&String>| wanted.is_none() || wanted.as_ref() == has;
    let words = filter.action_words();
    filter.actor.is_none_or(|actor| actor == row.actor)
        && same(filter.admin.as_ref().map(ToString::to_string), row.admin_id.as_ref())
        && (words.is_empty() || words.contains(&row.action.as_str()))
        && same(filter.target.clone(), Some(&row.target))
        && same(filter.client.as_ref().map(ToString::to_string), row.client_id.as_ref())
        && same(filter.provider.as_ref().map(ToString::to_string), row.provider.as_ref())
        && same(filter.user.as_ref().map(ToString::to_string), row.user_id.as_ref())
        && same(filter.address.map(|address| address.to_string()), row.address.as_ref())
        && filter.outcome.is_none_or(|outcome| outcome.as_str() == row.outcome)
        && scope.from.is_none_or(|from| row.at >= from)
        && scope.until.is_none_or(|until| row.at <= until)
}

async fn all_pages(stores: &Stores, scope: &AuditScope, limit: u16) -> Vec<StoredAudit> {
    let (mut request, mut rows) = (PageRequest::first(limit), Vec::new());
    loop {
        let page = stores.audit.list_audit(scope, &request).await.unwrap();
        rows.extend(page.items);
        request.after = page.next;
        if request.after.is_none() {
            return rows;
        }
    }
}

every_database! {
    async fn every_filter_shows_exactly_what_it_means(db: &Database) {
        let stores = db.stores().await;
        let world = World::new();
        let entries: Vec<AuditEntry> = (0..300).map(|index| world.row(index)).collect();
        stores.clients.apply_file_clients(&[], &entries).await.unwrap();
        let mut stored: Vec<StoredAudit> = entries.iter().map(StoredAudit::from).collect();
        stored.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
        let mut found = 0;
        for round in 0..200 {
            let query = world.query();
            let scope = scope(&query);
            let expected: Vec<_> = stored.iter().filter(|row| means(&scope, row)).cloned().collect();
            let limit = pick(&[1, 3, 7, 200]);
            assert_eq!(all_pages(&stores, &scope, limit).await, expected, "round {round}: {query} by {limit}");
            found += usize::from(!expected.is_empty());
        }
        assert!(found > 50, "most filters must find something: {found}");
    }

    async fn words_are_whole_ids_and_addresses_or_parts_of_names(db: &Database) {
        let stores = db.stores().await;
        let world = World::new();
        let mut raw = db.raw().await;
        raw.execute(&format!(
            "INSERT INTO admins (id, name, role, clients, enabled, version, password_hash, totp, totp_step, created_at, updated_at)
             VALUES ('{}', 'ann.lee', 'owner', '[]', {yes}, 1, '', '', 0, 0, 0);
             INSERT INTO clients (id, name, client_type, secret_hashes, redirect_uris, origins, providers, min_assurance, enabled, managed_by_file, updated_at)
             VALUES ('shop', 'Tea 茶 House', 'public', '[]', '[]', '[]', '[]', 'confirmed', {yes}, {yes}, 0);
             INSERT INTO providers (id, slug, kind, title, config, secrets, position, enabled, managed_by_file, updated_at)
             VALUES ('prv_1', 'mini', 'k', '小程序', '{{}}', '{{}}', 0, {yes}, {yes}, 0);",
            world.admins[0],
            yes = if db.is_sqlite() { "1" } else { "true" },
        )).await.unwrap();
        let entries: Vec<AuditEntry> = (0..200).map(|index| world.row(index)).collect();
        stores.clients.apply_file_clients(&[], &entries).await.unwrap();
        let looked_for = async |words: &str, more: &str| {
            let scope = scope(&format!("q={words}&{more}"));
            let rows = all_pages(&stores, &scope, 9).await;
            assert!(rows.windows(2).all(|two| (two[0].at, &two[0].id) > (two[1].at, &two[1].id)), "{words}");
            rows
        };
        let count = |is: &dyn Fn(&StoredAudit) -> bool| entries.iter().map(StoredAudit::from).filter(|row| is(row)).count();
        let (ann, user) = (world.admins[0].to_string(), world.users[0].to_string());
        let by_ann = |row: &StoredAudit| row.admin_id.as_ref() == Some(&ann);
        assert_eq!(looked_for("LEE", "").await.len(), count(&by_ann));
        assert_eq!(looked_for(&ann, "").await.len(), count(&by_ann));
        assert_eq!(looked_for(&user, "").await.len(), count(&|row| row.user_id.as_ref() == Some(&user)));
        assert_eq!(looked_for("2001:DB8:0::1", "").await.len(), count(&|row| row.address.as_deref() == Some("2001:db8::1")));
        assert_eq!(looked_for("茶", "").await.len(), count(&|row| row.target == "shop"));
        assert_eq!(looked_for("小程", "").await.len(), count(&|row| row.target == "mini"));
        let both = looked_for("lee", "outcome=refused&action=login.").await;
        assert_eq!(both.len(), count(&|row| by_ann(row) && row.outcome == "refused" && row.action.starts_with("login.")));
        assert!(looked_for("nobody", "").await.is_empty() && looked_for("%25", "").await.is_empty());
        // Names instead of ids, in four statements however many rows there are.
        let rows = all_pages(&stores, &AuditScope::all(), 200).await;
        let before = stores.statements();
        let names = stores.audit.find_names(&NamesWanted::of(&rows)).await.unwrap();
        assert!(stores.statements() - before <= 4);
        assert_eq!(names.admins.get(&ann).map(String::as_str), Some("ann.lee"));
        assert_eq!(names.clients.get("shop").map(String::as_str), Some("Tea 茶 House"));
        assert_eq!(names.providers.get("mini").map(String::as_str), Some("小程序"));
        let changed = rows.iter().find(|row| row.action == "client.created" && row.target == "shop").unwrap();
        assert_eq!(names.of_target(changed), Some("Tea 茶 House"));
    }

    async fn lists_walk_along_indexes(db: &Database) {
        let stores = db.stores().await;
        let mut raw = db.raw().await;
        raw.execute(MANY).await.unwrap();
        let user = UserId::generate(entropy());
        let admin = AdminId::generate(entropy());
        let cases = [
            (String::new(), "audit_events_order"),
            ("outcome=refused&provider=mini".to_owned(), "audit_events_order"),
            ("client=shop&outcome=refused&provider=mini".to_owned(), "audit_events_client"),
            ("actor=browser".to_owned(), "audit_events_order"),
            ("from=2026-01-01&to=2026-02-01&client=shop".to_owned(), "audit_events_client"),
            ("client=shop&action=client.".to_owned(), "audit_events_action"),
            ("actor=admin".to_owned(), "audit_events_stream"),
            ("action=login.&client=shop".to_owned(), "audit_events_client"),
            ("action=login.ended&outcome=failure&from=2026-01-01".to_owned(), "audit_events_action"),
            ("target=shop&action=client.".to_owned(), "audit_events_target"),
            (format!("user={user}&action=login.ended&client=shop"), "audit_events_user"),
            (format!("admin={admin}&action=client.created&actor=admin"), "audit_events_admin"),
            ("address=192.0.2.1&outcome=refused".to_owned(), "audit_events_address"),
        ];
        let second = PageRequest { after: Some("9.x".to_owned()), limit: 50 };
        // SQLite may run for months before it is told how its tables look; PostgreSQL looks by itself.
        for analyzed in [false, true] {
            if analyzed || !db.is_sqlite() {
                raw.execute("ANALYZE").await.unwrap();
            }
            for (query, index) in &cases {
                for page in [PageRequest::first(50), second.clone()] {
                    let statements = stores.audit_statements(&scope(query), &page).await;
                    assert!(!statements.is_empty());
                    for sql in statements {
                        let plan = plan(&mut raw, db.is_sqlite(), &sql).await;
                        // PostgreSQL knows how often each value is there: where nearly every row fits, by time is
                        // as good. Any of these is in the order of the list.
                        let others = ["audit_events_order", "audit_events_client", "audit_events_action"];
                        let as_good = !db.is_sqlite() && others.iter().any(|other| plan.contains(other));
                        let found = plan.contains(index) || (others.contains(index) && as_good);
                        assert!(found, "{query}: {index}: {plan}");
                        let sorted = plan.contains("TEMP B-TREE") || plan.contains("Seq Scan");
                        assert!(!sorted, "{query}: {plan}");
                    }
                }
            }
        }
    }
}

/// 30,000 rows, nearly all of Logins, in a house with few Clients and many people.
const MANY: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO audit_events (id, at, actor, admin_id, address, action, target, client_id, provider, user_id, outcome, stream)
    SELECT 'a' || i, i, CASE i % 100 WHEN 0 THEN 'admin' ELSE 'browser' END, CASE i % 100 WHEN 0 THEN 'adm' || (i % 7) ELSE NULL END,
        '10.0.' || (i % 50) || '.' || (i % 250), CASE i % 100 WHEN 0 THEN 'client.changed' WHEN 1 THEN 'login.ended' ELSE 'login.began' END,
        CASE i % 100 WHEN 0 THEN 'shop' ELSE 'l' || i END, CASE i % 3 WHEN 0 THEN 'shop' ELSE 'blog' END, 'mini', 'u' || (i % 9000),
        CASE i % 5 WHEN 0 THEN 'refused' ELSE 'success' END, CASE i % 100 WHEN 0 THEN 'admin' ELSE 'logins:main' END
    FROM n";
