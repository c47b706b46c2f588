//! Logins, proofs and audit rows to put into a store, each different from all others of its kind.

use saoma_core::admin::abilities::{EditUsers, LinkUsers};
use saoma_core::admin::{Ability, Admin, Caller, Permit, Role, Who};
use saoma_core::audit::{Action, Actor, AuditEntry, AuditOutcome, AuditScope};
use saoma_core::entropy::{SeededEntropy, SystemEntropy};
use saoma_core::grant::{AccessToken, NewRefreshToken};
use saoma_core::id::{AdminId, GrantId, LoginId, SessionId, UserId};
use saoma_core::login::{
    ConfirmOutcome, Confirmation, KnownIdentity, Login, NewCode, Proof, RedeemOutcome, Redemption, Requester,
    Scene, Site, Stage, Steps, Transition,
};
use saoma_core::page::PageRequest;
use saoma_core::provider::{Alias, Assurance, Challenge, Profile, Registry, VendorIdentity};
use saoma_core::session::{SessionRules, UserSessions};
use saoma_core::signal::LocalSignals;
use saoma_core::time::ManualClock;
use saoma_core::user::admin::{
    Merge, PersonDetail, UserAdmin, UserAdminParts, UserError, UserFilter, UserRefusal, UserRules, Versioned,
};
use saoma_core::user::{NewIds, NewName};
use saoma_core::{Entropy, SecretHash, Timestamp};
use saoma_store::Stores;
use saoma_tests::database::Database;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

/// When everything here happens.
pub(super) const NOW: Timestamp = Timestamp(1_700_000_000_000);

static ENTROPY: LazyLock<SeededEntropy> = LazyLock::new(|| SeededEntropy::new(2));

pub(super) fn entropy() -> &'static dyn Entropy {
    &*ENTROPY
}

pub(super) fn hash() -> SecretHash {
    SecretHash::of(&entropy().base64url::<32>())
}

pub(super) fn entry(action: Action) -> AuditEntry {
    AuditEntry::new(entropy(), NOW, &Actor::Phone, action, "")
}

/// A Login as it is at its beginning, with every field that can be set at that time.
pub(super) fn new_login() -> Login {
    Login {
        id: LoginId::generate(entropy()),
        client: "shop".parse().unwrap(),
        provider: "mini".parse().unwrap(),
        scene: Scene::generate(entropy()),
        image_token: entropy().base64url::<16>(),
        browser_hash: hash(),
        stage: Stage::Pending,
        version: 1,
        reason: None,
        challenge: Challenge::QrImage { open_url: None },
        private: Some("v1.k.sealed".to_owned()),
        state_hash: Some(hash()),
        code_back: None,
        number: Some("07".parse().unwrap()),
        site: Site {
            redirect_uri: Some("https://shop.example/callback?a=1".to_owned()),
            domain: "shop.example".to_owned(),
            state: Some("st\"ate ✓".to_owned()),
            nonce: Some("nonce".to_owned()),
            locale: Some("zh-CN".to_owned()),
        },
        code_challenge: entropy().base64url::<32>(),
        authorization: None,
        assurance: Assurance::Confirmed,
        requester: Requester {
            address: Some("2001:db8::1".parse().unwrap()),
            browser: Some("Firefox, Windows".to_owned()),
            region: None,
        },
        proof: None,
        companion_hash: None,
        push_key: None,
        asked_at: None,
        user: None,
        code: None,
        steps: Steps { shown_at: Some(NOW), ..Steps::default() },
        vendor_answer: None,
        created_at: NOW,
        updated_at: NOW,
        expires_at: NOW.plus_seconds(120),
    }
}

pub(super) async fn create(stores: &Stores, login: &Login) {
    let row = entry(Action::LoginBegan).about(login);
    stores.logins.create_login(login, &row).await.unwrap();
}

pub(super) async fn begun(stores: &Stores) -> Login {
    let login = new_login();
    create(stores, &login).await;
    login
}

pub(super) fn identity(subject: &str, unionid: Option<&str>) -> VendorIdentity {
    identity_of("wechat:wx1", subject, unionid)
}

pub(super) fn identity_of(namespace: &str, subject: &str, unionid: Option<&str>) -> VendorIdentity {
    let alias = |value: &str| Alias { namespace: "wechat-union:main".to_owned(), value: value.to_owned() };
    VendorIdentity {
        namespace: namespace.to_owned(),
        subject: subject.to_owned(),
        aliases: unionid.map(alias).into_iter().collect(),
        profile: Profile { name: Some("微信用户".to_owned()), picture: None },
    }
}

/// The next version of a Login, at another stage.
pub(super) fn moved(login: &Login, stage: Stage) -> Login {
    let updated_at = login.updated_at.plus_seconds(1);
    let steps = login.steps.reaching(stage, updated_at);
    Login { stage, version: login.version + 1, updated_at, steps, ..login.clone() }
}

pub(super) fn change(login: &Login, after: Login) -> Transition {
    Transition { from: login.stage, from_version: login.version, after, audit: None }
}

/// A fresh Login that this person has scanned.
pub(super) async fn scanned(stores: &Stores, by: VendorIdentity) -> Login {
    let login = begun(stores).await;
    let after = Login {
        proof: Some(Proof { identity: by }),
        companion_hash: Some(hash()),
        expires_at: NOW.plus_seconds(300),
        ..moved(&login, Stage::Scanned)
    };
    assert!(stores.logins.transition_login(&change(&login, after.clone())).await.unwrap());
    after
}

pub(super) async fn known(stores: &Stores, login: &Login) -> Option<KnownIdentity> {
    let companion = login.companion_hash.as_ref().unwrap();
    stores.logins.find_login_by_companion(companion).await.unwrap().unwrap().1
}

pub(super) fn confirmation(login: &Login, known: Option<KnownIdentity>, name: Option<&str>) -> Confirmation {
    let after = Login { expires_at: login.expires_at.plus_seconds(60), ..moved(login, Stage::Confirmed) };
    Confirmation {
        proof: login.proof.clone().unwrap(),
        known,
        new_ids: NewIds::generate(entropy()),
        name: name.map(|name| NewName::Typed(name.to_owned())),
        alias_conflict: entry(Action::AliasConflict)
            .ended(AuditOutcome::Refused, "alias_belongs_to_another_user"),
        transition: change(login, after),
    }
}

/// Scans and confirms; the account it led to.
pub(super) async fn confirm(stores: &Stores, by: VendorIdentity, name: Option<&str>) -> UserId {
    confirmed(stores, by, name).await.user.unwrap()
}

/// A Login that this person has scanned and confirmed.
pub(super) async fn confirmed(stores: &Stores, by: VendorIdentity, name: Option<&str>) -> Login {
    let login = scanned(stores, by).await;
    let request = confirmation(&login, known(stores, &login).await, name);
    let ConfirmOutcome::Confirmed(user) = stores.logins.confirm_login(&request).await.unwrap() else {
        panic!("lost without a race")
    };
    Login { user: Some(user), ..request.transition.after }
}

/// The change by which this push decides it.
pub(super) fn decided_by(login: &Login, push_key: &str, stage: Stage) -> Transition {
    change(login, Login { push_key: Some(push_key.to_owned()), ..moved(login, stage) })
}

/// A code for it.
pub(super) fn new_code(login: &Login) -> NewCode {
    NewCode {
        login: login.id.clone(),
        browser_hash: login.browser_hash.clone(),
        websites: None,
        code_hash: hash(),
        code_expires_at: NOW.plus_seconds(60),
        now: NOW,
    }
}

/// A confirmed Login with a code.
pub(super) async fn with_code(stores: &Stores) -> Login {
    let login = confirmed(stores, identity(&entropy().base62(8), None), Some("阿明")).await;
    stores.logins.put_code(&new_code(&login)).await.unwrap().unwrap()
}

/// The attempt that redeems its code.
pub(super) fn redemption(login: &Login) -> Redemption {
    let row = |action, detail: &str| entry(action).ended(AuditOutcome::Refused, detail);
    Redemption {
        is_of_authorization: false,
        code_hash: login.code.as_ref().unwrap().hash.clone(),
        client: login.client.to_string(),
        code_challenge: Some(login.code_challenge.clone()),
        redirect_uri: login.site.redirect_uri.clone(),
        now: NOW,
        token: AccessToken {
            hash: hash(),
            grant: GrantId::generate(entropy()),
            expires_at: NOW.plus_seconds(600),
        },
        refresh: NewRefreshToken { hash: hash(), expires_at: NOW.plus_seconds(3600) },
        redeemed: entry(Action::LoginEnded).ended(AuditOutcome::Success, "redeemed"),
        authorized: entry(Action::AuthorizationRedeemed),
        burned: row(Action::CodeBurned, "does_not_match"),
        reused: row(Action::CodeReused, "spent_before"),
    }
}

/// How many rows a table has.
pub(super) async fn count(db: &Database, table: &str) -> usize {
    let sql = format!("SELECT CAST(COUNT(*) AS TEXT) AS line FROM {table}");
    db.raw().await.lines(&sql).await.unwrap()[0].parse().unwrap()
}

/// The actions in the audit, newest first.
pub(super) async fn actions(stores: &Stores) -> Vec<String> {
    let page = saoma_core::page::PageRequest::first(200);
    stores
        .audit
        .list_audit(&AuditScope::all(), &page)
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|row| row.action)
        .collect()
}

pub(super) async fn audited(stores: &Stores, action: Action) -> usize {
    actions(stores).await.iter().filter(|found| *found == action.as_str()).count()
}

/// An owner who has just proven who they are, and what they do with Users.
pub(super) struct Office {
    pub(super) users: UserAdmin,
    caller: Arc<Caller>,
}

impl Office {
    pub(super) fn of(stores: &Stores) -> Self {
        Self::on_day(stores, 0)
    }

    /// So many days later.
    pub(super) fn on_day(stores: &Stores, day: i64) -> Self {
        let now = NOW.plus_seconds(day * 86_400);
        let admin = Admin {
            id: AdminId::generate(entropy()),
            name: "ann".parse().unwrap(),
            role: Role::Owner,
            clients: BTreeSet::default(),
            enabled: true,
            passkeys: 0,
            version: 1,
            created_at: NOW,
            updated_at: NOW,
            last_login_at: None,
        };
        let who = Who::Session { id: SessionId::generate(entropy()), proven_at: now };
        let users = UserAdmin::new(UserAdminParts {
            store: Arc::clone(&stores.users),
            sessions: UserSessions::new(
                Arc::clone(&stores.sessions),
                Arc::new(ManualClock::new(now)),
                Arc::new(SystemEntropy),
                SessionRules::default(),
            ),
            registry: Arc::new(Registry::new()),
            audit: Arc::clone(&stores.audit),
            signals: Arc::new(LocalSignals::default()),
            clock: Arc::new(ManualClock::new(now)),
            entropy: Arc::new(SystemEntropy),
            rules: UserRules::default(),
        });
        Self { users, caller: Arc::new(Caller { admin, who, address: None, must_add_passkey: false }) }
    }

    pub(super) fn may<A: Ability>(&self) -> Permit<A> {
        self.caller.may(NOW).unwrap()
    }

    pub(super) fn edit(&self) -> Permit<EditUsers> {
        self.may()
    }

    pub(super) fn link(&self) -> Permit<LinkUsers> {
        self.may()
    }

    pub(super) async fn find(&self, user: &UserId) -> PersonDetail {
        self.users.find(&self.may(), user).await.unwrap()
    }

    /// As it stands.
    pub(super) async fn read(&self, user: &UserId) -> Versioned {
        Versioned { user: user.clone(), version: self.find(user).await.person.user.version }
    }

    pub(super) async fn merge(&self, winner: &UserId, loser: &UserId) -> Merge {
        let (winner, loser) = (self.read(winner).await, self.read(loser).await);
        self.users.merge(&self.link(), winner, loser).await.unwrap()
    }

    pub(super) async fn list(&self, filter: &UserFilter) -> Vec<UserId> {
        let page = self.users.list(&self.may(), filter, &PageRequest::first(200)).await.unwrap();
        page.items.into_iter().map(|person| person.user.id).collect()
    }
}

/// The refusal in an answer.
pub(super) fn refused<T: std::fmt::Debug>(answer: Result<T, UserError>) -> UserRefusal {
    match answer {
        Err(UserError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// A confirmed Login of this person, redeemed; the token that the website got.
pub(super) async fn redeemed(stores: &Stores, by: VendorIdentity) -> Redemption {
    let login = confirmed(stores, by, None).await;
    let login = stores.logins.put_code(&new_code(&login)).await.unwrap().unwrap();
    let attempt = redemption(&login);
    let outcome = stores.logins.redeem_code(&attempt).await.unwrap();
    assert!(matches!(outcome, RedeemOutcome::Redeemed(_)), "{outcome:?}");
    attempt
}

/// Whom a token stands for.
pub(super) async fn sub_of(stores: &Stores, attempt: &Redemption) -> Option<UserId> {
    stores.grants.find_user_by_token(&attempt.token.hash, NOW).await.unwrap().map(|user| user.face.user)
}
