//! The engine over one database, with a clock moved by hand, acted on by one browser, one website
//! and the phones of two persons.

use super::fake;
use super::model::{Attempt, Command, Seen};
use saoma_core::audit::{AuditLinker, ONLY_NODE};
use saoma_core::client::{Client, ClientDirectory, ClientType};
use saoma_core::entropy::SystemEntropy;
use saoma_core::grant::UserInfoService;
use saoma_core::id::LoginId;
use saoma_core::login::{
    BeginRequest, BrowserCredential, Caller, CompanionError, CompleteError, Completed, Decision, Login,
    LoginParts, LoginRules, LoginService, NoAftercare, NoScanLimit, RedeemError, RedeemRequest,
};
use saoma_core::provider::{Assurance, Registry};
use saoma_core::region::UnknownRegions;
use saoma_core::seal::Keyring;
use saoma_core::secret::pkce_s256;
use saoma_core::signal::LocalSignals;
use saoma_core::time::ManualClock;
use saoma_core::{Secret, Timestamp};
use saoma_store::Stores;
use saoma_tests::database::Database;
use std::sync::Arc;

/// A Login under way: what each of its actors holds.
struct Held {
    id: LoginId,
    scene: String,
    browser: BrowserCredential,
    verifier: Secret,
    companion: Option<Secret>,
    code: Option<Secret>,
}

/// One engine and its actors. The database must outlive it.
pub(super) struct World {
    url: String,
    stores: Option<Stores>,
    keyring: Arc<Keyring>,
    clock: Arc<ManualClock>,
    clients: Arc<ClientDirectory>,
    pub(super) service: LoginService,
    user_info: UserInfoService,
    held: Option<Held>,
    access_token: Option<Secret>,
}

fn client(id: &str) -> Client {
    Client {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        client_type: ClientType::Public,
        secret_hashes: Vec::new(),
        redirect_uris: Vec::new(),
        origins: Vec::new(),
        providers: vec!["fake".parse().unwrap()],
        min_assurance: Assurance::Confirmed,
        openid: saoma_core::client::OpenIdPolicy::default(),
        logo: None,
        accent: None,
        enabled: true,
        managed_by_file: true,
        version: 1,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
    }
}

impl World {
    pub(super) async fn new(db: &Database) -> Self {
        let stores = db.stores().await;
        let keyring = Arc::new(Keyring::parse(&Keyring::generate(&SystemEntropy)).unwrap());
        let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
        let clients = Arc::new(ClientDirectory::new("http://127.0.0.1:8080"));
        clients.replace(vec![client("shop"), client("other")]);
        let (service, user_info) = services(&stores, &keyring, &clock, &clients);
        let stores = Some(stores);
        let url = db.url().to_owned();
        Self { url, stores, keyring, clock, clients, service, user_info, held: None, access_token: None }
    }

    async fn restart(&mut self) {
        self.stores.take().unwrap().close().await;
        let stores = Stores::open(&self.url).await.unwrap();
        stores.link_audit_with(AuditLinker::new(Arc::clone(&self.keyring), ONLY_NODE)).await.unwrap();
        (self.service, self.user_info) = services(&stores, &self.keyring, &self.clock, &self.clients);
        self.stores = Some(stores);
    }

    pub(super) async fn step(&mut self, command: Command) -> Seen {
        let told = match command {
            Command::Begin => self.begin().await,
            Command::Scan(proof) => self.scan(proof).await,
            Command::Confirm => self.decide(&Decision::Confirm { nickname: None, number: None }).await,
            Command::Deny => self.decide(&Decision::Deny { reported: false }).await,
            Command::Look => stage(&self.service.find(&self.held().id, &self.held().browser).await.unwrap()),
            Command::Cancel => {
                stage(&self.service.cancel(&self.held().id, &self.held().browser).await.unwrap())
            }
            Command::Complete => self.complete().await,
            Command::Redeem(attempt) => self.redeem(attempt).await,
            Command::Tick(seconds) => {
                self.clock.advance_seconds(seconds);
                String::new()
            }
            Command::Again => unreachable!("unrolled before"),
            Command::Restart => {
                self.restart().await;
                String::new()
            }
        };
        let login = self.row().await;
        Seen {
            told,
            stage: login.stage.as_str(),
            version: login.version,
            subject: login.proof.map(|proof| proof.identity.subject),
            has_user: login.user.is_some(),
            token_lives: match &self.access_token {
                Some(token) => self.user_info.find(token.expose()).await.is_ok(),
                None => false,
            },
        }
    }

    /// The Login as the database has it: looking this way ends nothing.
    pub(super) async fn row(&self) -> Login {
        self.stores.as_ref().unwrap().logins.find_login(&self.held().id).await.unwrap().unwrap()
    }

    fn held(&self) -> &Held {
        self.held.as_ref().expect("every case begins with Begin")
    }

    async fn begin(&mut self) -> String {
        let verifier = Secret::generate(&SystemEntropy);
        let browser = Secret::generate(&SystemEntropy);
        let request = BeginRequest {
            client: self.service.find_client("shop").unwrap(),
            caller: Caller::BackEnd,
            provider: "fake".to_owned(),
            redirect_uri: None,
            code_challenge: pkce_s256(verifier.expose()),
            authorization: None,
            at_least: Assurance::ScanOnly,
            state: None,
            nonce: None,
            locale: None,
            requester: Default::default(),
            user_agent: None,
            browser_secret: browser.clone(),
        };
        let login = self.service.begin(request).await.unwrap().login;
        let (id, scene) = (login.id, login.scene.as_str().to_owned());
        let browser = BrowserCredential { secret: browser, origin: None };
        self.access_token = None;
        self.held = Some(Held { id, scene, browser, verifier, companion: None, code: None });
        "begun".to_owned()
    }

    async fn scan(&mut self, proof: &str) -> String {
        match self.service.scan(&self.held().scene, Secret::new(proof)).await {
            Ok(scanned) => {
                self.held.as_mut().unwrap().companion = Some(scanned.companion_token);
                "scanned".to_owned()
            }
            Err(refused) => ended(&refused),
        }
    }

    async fn decide(&self, decision: &Decision) -> String {
        let Some(token) = &self.held().companion else { return "nobody scanned".to_owned() };
        self.service
            .decide(token, decision)
            .await
            .map_or_else(|error| ended(&error), |decided| decided.stage().as_str().to_owned())
    }

    pub(super) async fn complete(&mut self) -> String {
        let Held { id, browser, .. } = self.held();
        match self.service.complete(id, browser).await {
            Ok(Completed::Interaction { .. }) => panic!("it answers no authorization"),
            Ok(Completed::Code { code, .. }) => {
                self.held.as_mut().unwrap().code = Some(code);
                "code".to_owned()
            }
            Err(CompleteError::NotConfirmed(stage)) => format!("not confirmed but {}", stage.as_str()),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The attempt a website would send for the newest code.
    pub(super) fn attempt(&self) -> Option<RedeemRequest> {
        let code = self.held().code.clone()?;
        Some(RedeemRequest { code, code_verifier: Some(self.held().verifier.clone()), redirect_uri: None })
    }

    pub(super) fn companion(&self) -> Secret {
        self.held().companion.clone().unwrap()
    }

    async fn redeem(&mut self, attempt: Attempt) -> String {
        let Some(mut request) = self.attempt() else { return "no code".to_owned() };
        let client = if attempt == Attempt::WrongClient { "other" } else { "shop" };
        if attempt == Attempt::WrongVerifier {
            request.code_verifier = Some(Secret::generate(&SystemEntropy));
        }
        match self.service.redeem(&self.service.find_client(client).unwrap(), &request).await {
            Ok(redeemed) => {
                self.access_token = Some(redeemed.access_token);
                "redeemed".to_owned()
            }
            Err(RedeemError::InvalidGrant) => "invalid".to_owned(),
            Err(other) => panic!("{other:?}"),
        }
    }
}

fn stage(login: &Login) -> String {
    login.stage.as_str().to_owned()
}

fn ended(refused: &CompanionError) -> String {
    match refused {
        CompanionError::Ended(stage) => format!("ended {}", stage.as_str()),
        other => panic!("{other:?}"),
    }
}

fn services(
    stores: &Stores,
    keyring: &Arc<Keyring>,
    clock: &Arc<ManualClock>,
    clients: &Arc<ClientDirectory>,
) -> (LoginService, UserInfoService) {
    let providers = Arc::new(Registry::new());
    providers.replace(vec![Arc::new(fake::open())]);
    let service = LoginService::new(LoginParts {
        store: Arc::clone(&stores.logins),
        providers,
        clients: Arc::clone(clients),
        signals: Arc::new(LocalSignals::default()),
        clock: Arc::<ManualClock>::clone(clock),
        entropy: Arc::new(SystemEntropy),
        keyring: Arc::clone(keyring),
        regions: Arc::new(UnknownRegions),
        scan_limit: Arc::new(NoScanLimit),
        aftercare: Arc::new(NoAftercare),
        sightings: Arc::default(),
        rules: LoginRules::default(),
        issuer: "https://id.example".to_owned(),
    });
    (
        service,
        UserInfoService::new(
            Arc::clone(&stores.grants),
            Arc::clone(clients),
            Arc::<ManualClock>::clone(clock),
        ),
    )
}
