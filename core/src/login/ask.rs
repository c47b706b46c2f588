//! Our confirm page: whoever opens its link proves to be the subject that scanned, reads which website
//! asks, and decides by a POST. Opening the page moves nothing.
//!
//! What a browser proved is sealed and kept by that browser, bound to the Login; a forwarded link
//! starts a proof of its own and fails on another subject.

use super::choices::OFFERED;
use super::confirm::{Consent, Consented};
use super::rehearsal::known_for;
use super::scan::scan_event;
use super::{
    Decided, Decision, Event, KnownIdentity, Login, LoginService, Number, Proof, Requester, Stage,
    Transition, VendorState, Verdict, next,
};
use crate::audit::Actor;
use crate::client::Client;
use crate::id::LoginId;
use crate::provider::{
    Advance, Correlation, Errand, Inbound, Kind, OpenProvider, ProviderError, RawInbound, Step,
    VendorIdentity,
};
use crate::seal::Place;
use crate::{Secret, SecretHash, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// What a browser keeps to show whom the vendor proved in it: sealed, for one Login.
#[derive(Debug, Clone)]
pub struct PageProof(pub Secret);

/// What a browser brings to the page.
#[derive(Debug, Clone)]
pub struct PageCredential {
    /// The token in the page's address.
    pub token: Secret,
    /// The proof it keeps, if it has one.
    pub proof: Option<PageProof>,
}

/// What the page asks.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The website.
    pub client: Arc<Client>,
    /// The host the person is asked to recognise.
    pub domain: String,
    /// Whose browser it is.
    pub requester: Requester,
    /// How long ago the Login began.
    pub age_seconds: u64,
    /// The website's own address, when the decision sends this browser there.
    pub answered_at: Option<String>,
    /// Goes back with the decision.
    pub csrf: Secret,
    /// The language of the website's page.
    pub locale: Option<String>,
    /// The numbers among which the person finds the one that the website's page shows.
    pub numbers: Option<[Number; OFFERED]>,
}

/// What to show to whoever opened the page.
#[derive(Debug)]
pub enum Page {
    /// The question.
    Ask(Box<Asked>),
    /// Nothing yet: the browser goes to the vendor and comes back with this state.
    Prove {
        /// The vendor's address.
        to: Url,
        /// What it brings back; kept by the browser meanwhile.
        state: VendorState,
    },
    /// That it was decided before.
    Decided {
        /// How.
        decided: Decided,
        /// Whether the website was answered from here, as after a redirect, and no other page waits.
        at_site: bool,
        /// Goes back when the person says that it was not them.
        csrf: Secret,
    },
}

/// What stands after a decision, and where the browser goes with it.
#[derive(Debug, Clone)]
pub struct DecidedOnPage {
    /// What stands.
    pub decided: Decided,
    /// The website's own address with a code, when the Login is a redirect.
    pub to_site: Option<Secret>,
}

/// Why the page does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// No Login has this token.
    #[error("no login has this page")]
    Unknown,
    /// The Login is over.
    #[error("the login has ended")]
    Ended(Stage),
    /// The person has to choose a number.
    #[error("a number must be chosen")]
    NumberMissing,
    /// The vendor proved somebody else than who scanned.
    #[error("another person scanned")]
    OtherPerson,
    /// Nobody has been proven in this browser, or its proof is not for this page.
    #[error("nobody has been proven here")]
    Unproven,
    /// The vendor's part failed.
    #[error(transparent)]
    Vendor(#[from] ProviderError),
    /// The store's part failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Serialize, Deserialize)]
struct Proven {
    identity: VendorIdentity,
    csrf: String,
}

struct Opened {
    login: Login,
    known: Option<KnownIdentity>,
    proven: Option<Proven>,
}

impl LoginService {
    /// The page, as this browser is shown it.
    pub async fn open_page(&self, credential: &PageCredential) -> Result<Page, PageError> {
        let Opened { login, proven, .. } = self.open(credential).await?;
        let Some(proven) = proven else {
            return if may_prove(login.stage) {
                self.errand(&login, &credential.token)
            } else {
                Err(PageError::Ended(login.stage))
            };
        };
        let decided = match login.stage {
            Stage::Scanned if login.code_back.is_some() => Decided::CodeBack(self.digits(&login)),
            Stage::Scanned => return self.asked(login, proven),
            Stage::Confirmed | Stage::Redeemed | Stage::Denied => Decided::stands(&login),
            _ if login.was_rehearsed() => Decided::Confirmed,
            stage => return Err(PageError::Ended(stage)),
        };
        let at_site = !login.challenge.is_code();
        Ok(Page::Decided { decided, at_site, csrf: Secret::new(proven.csrf) })
    }

    /// The browser is back from the vendor: whom was it proven to be?
    ///
    /// `kept` is the state this browser keeps; without it, or with another, the proof is nobody's.
    pub async fn prove_page(
        &self,
        credential: &PageCredential,
        query: BTreeMap<String, String>,
        kept: Option<&VendorState>,
    ) -> Result<PageProof, PageError> {
        let Opened { login, known, .. } = self.open(credential).await?;
        if !may_prove(login.stage) {
            return Err(PageError::Ended(login.stage));
        }
        let open = self.provider_of(&login)?;
        let raw = RawInbound::Callback { query };
        let inbound = open.provider.parse(&*open.host, raw).map_err(|_| PageError::Unproven)?;
        match (open.provider.correlate(&inbound), kept) {
            (Correlation::State(state), Some(kept)) if state == *kept => {}
            _ => return Err(PageError::Unproven),
        }
        let learned = self.learn(&open, &login, known.is_some(), &inbound).await;
        if let Err(PageError::Vendor(failure)) = &learned {
            self.note_answer(&login, failure).await?;
        }
        let identity = learned?;
        if !login.scanned_by(&identity) {
            return Err(PageError::OtherPerson);
        }
        Ok(self.seal_proof(&login, &identity)?)
    }

    /// Carries out what the person chose on the page; saying it twice changes nothing more.
    pub async fn decide_on_page(
        &self,
        credential: &PageCredential,
        csrf: &str,
        decision: &Decision,
    ) -> Result<DecidedOnPage, PageError> {
        loop {
            let Opened { login, known, proven } = self.open(credential).await?;
            let proven = proven.filter(|proven| Secret::new(proven.csrf.as_str()).same_as(csrf));
            let proven = proven.ok_or(PageError::Unproven)?;
            match next(login.stage, decision.event()) {
                Verdict::Stay if *decision == Decision::Disown => {
                    let decided = self.disown(&login).await?;
                    return Ok(DecidedOnPage { decided, to_site: None });
                }
                Verdict::Stay => return self.say_again(login).await,
                Verdict::Refuse(_) if login.was_rehearsed() => {
                    return Ok(DecidedOnPage { decided: Decided::Confirmed, to_site: None });
                }
                Verdict::Refuse(_) => return Err(PageError::Ended(login.stage)),
                Verdict::Go(Stage::Denied) if *decision == Decision::Disown => {
                    self.disown(&login).await?;
                }
                Verdict::Go(Stage::Denied) => {
                    let ended = self.end(login, Event::Deny, &Actor::Phone, decision.reason()).await?;
                    if ended.stage == Stage::Denied {
                        let to_site = self.refused_at_site(&ended, "access_denied");
                        return Ok(DecidedOnPage { decided: Decided::Denied, to_site });
                    }
                }
                Verdict::Go(stage) => {
                    let Decision::Confirm { number, .. } = decision else { continue };
                    match self.consented_to(&login, *number, None).await? {
                        Consented::NumberMissing => return Err(PageError::NumberMissing),
                        Consented::Not(decided) => return Ok(DecidedOnPage { decided, to_site: None }),
                        Consented::Again => continue,
                        Consented::Enough => {}
                    }
                    let proof = Proof { identity: proven.identity };
                    let consent = Consent { proof, known, nickname: None, push_key: None };
                    if let Some(written) = self.confirm(&login, stage, consent).await? {
                        let to_site = written.to_site;
                        return Ok(DecidedOnPage { decided: Decided::Confirmed, to_site });
                    }
                }
            }
        }
    }

    /// A second press of the button: a redirect's first answer may never have arrived, so it gets
    /// another code in place of the first.
    async fn say_again(&self, login: Login) -> Result<DecidedOnPage, PageError> {
        let decided = Decided::stands(&login);
        if login.challenge.is_code() || login.stage != Stage::Confirmed {
            return Ok(DecidedOnPage { decided, to_site: None });
        }
        if let Some(to) = self.own_page_of(&login) {
            return Ok(DecidedOnPage { decided, to_site: Some(to) });
        }
        let code = Secret::generate(&*self.parts.entropy);
        let now = self.parts.clock.now();
        let after = Login { code: Some(self.issued(&code)), ..self.moved(&login, login.stage, now) };
        let to_site = self.goes_on_at(&login, Some(&code));
        let change = Transition { from: login.stage, from_version: login.version, after, audit: None };
        let written = self.parts.store.transition_login(&change).await?;
        Ok(DecidedOnPage { decided, to_site: to_site.filter(|_| written) })
    }

    async fn open(&self, credential: &PageCredential) -> Result<Opened, PageError> {
        let hash = Self::page_hash(&credential.token);
        let found = self.parts.store.find_login_by_companion(&hash).await?;
        let (login, known) = found.ok_or(PageError::Unknown)?;
        let login = self.settle(login).await?;
        let proven = credential.proof.as_ref().and_then(|proof| self.open_proof(&login, proof));
        let known = known_for(&login, known);
        Ok(Opened { login, known, proven })
    }

    fn asked(&self, login: Login, proven: Proven) -> Result<Page, PageError> {
        let client = self.website_of(&login).ok_or(PageError::Unknown)?;
        Ok(Page::Ask(Box::new(Asked {
            client,
            numbers: self.choices(&login),
            age_seconds: self.parts.clock.now().seconds_since(login.created_at),
            answered_at: login.site.redirect_uri.filter(|_| !login.challenge.is_code()),
            csrf: Secret::new(proven.csrf),
            domain: login.site.domain,
            locale: login.site.locale,
            requester: login.requester,
        })))
    }

    fn errand(&self, login: &Login, token: &Secret) -> Result<Page, PageError> {
        let open = self.provider_of(login)?;
        let state = VendorState::generate(&*self.parts.entropy);
        let errand = Errand { back: self.own_address(&["confirm", token.expose()])?, state: state.clone() };
        let to = open.provider.prove(&self.view(login)?, &errand).ok_or(PageError::Unproven)?;
        Ok(Page::Prove { to, state })
    }

    /// Whom the vendor names, with what an account is made of when there is none yet.
    async fn learn(
        &self,
        open: &OpenProvider,
        login: &Login,
        is_known: bool,
        inbound: &Inbound,
    ) -> Result<VendorIdentity, PageError> {
        let view = self.view(login)?;
        let work = open.provider.advance(&*open.host, &view, inbound);
        let Advance::Proven(identity) = self.within_budget(Step::ProveSubject, work).await? else {
            return Err(ProviderError::silent(Step::ProveSubject, Kind::ProofInvalid).into());
        };
        // Somebody else's unionid is not asked for on behalf of this Login.
        if is_known || !login.scanned_by(&identity) || open.provider.is_complete(&identity) {
            return Ok(identity);
        }
        Ok(self.made_whole(open, identity).await?)
    }

    /// The identity with what the vendor has yet to tell of it.
    pub(super) async fn made_whole(
        &self,
        open: &OpenProvider,
        identity: VendorIdentity,
    ) -> Result<VendorIdentity, ProviderError> {
        self.within_budget(Step::LearnPerson, open.provider.complete(&*open.host, identity)).await
    }

    fn provider_of(&self, login: &Login) -> Result<Arc<OpenProvider>, PageError> {
        self.parts.providers.find(&login.provider).ok_or(PageError::Unknown)
    }

    /// The token of a Login's page: the same each time, so that a retried push gets the same link.
    pub(super) fn page_token(&self, login: &LoginId) -> Secret {
        self.parts.keyring.derive("confirm page", &[login.as_str()])
    }

    /// Its stored form. Not that of a companion's token: whoever holds a link cannot use it as one.
    pub(super) fn page_hash(token: &Secret) -> SecretHash {
        SecretHash::of_parts(&["confirm page", token.expose()])
    }

    pub(super) fn seal_proof(&self, login: &Login, who: &VendorIdentity) -> Result<PageProof, StoreError> {
        let proven = Proven { identity: who.clone(), csrf: self.parts.entropy.base64url::<32>() };
        let text = serde_json::to_vec(&proven).map_err(|_| StoreError::Corrupt("page proof"))?;
        let sealed = self.parts.keyring.seal(&*self.parts.entropy, proof_place(&login.id), &text);
        sealed.map(|sealed| PageProof(Secret::new(sealed))).map_err(|_| StoreError::Corrupt("page proof"))
    }

    /// What a browser's proof says, if it is for this Login and names the subject that scanned.
    fn open_proof(&self, login: &Login, proof: &PageProof) -> Option<Proven> {
        let opened = self.parts.keyring.open(proof_place(&login.id), proof.0.expose()).ok()?;
        let proven: Proven = serde_json::from_slice(&opened).ok()?;
        (scan_event(login, &proven.identity) == Event::Rescan).then_some(proven)
    }
}

/// Whoever was logged in may come back later to say that it was not them.
const fn may_prove(stage: Stage) -> bool {
    matches!(stage, Stage::Scanned | Stage::Confirmed | Stage::Redeemed)
}

fn proof_place(login: &LoginId) -> Place<'_> {
    Place { table: "logins", row: login.as_str(), column: "page_proof" }
}
