//! The pages that say what will happen before it does: one template, a text of its own for each.

use super::names::WayName;
use super::{Guest, Place};
use crate::http::callback::see_other;
use crate::http::pages::{Notice, governed};
use crate::http::pictures::Looks;
use crate::http::problem::Problem;
use poem::Response;
use poem::http::StatusCode;
use saoma_core::id::{AuthorizationId, IdentityId};
use saoma_core::provider::{OpenProvider, ProviderSlug};
use saoma_core::user::admin::{PersonDetail, UserError};
use saoma_core::user::own::{Found, LinkError, Linking, OwnAccount, Proven};
use serde::Serialize;

/// See the module.
#[derive(Default, Serialize)]
struct Step {
    /// What it is about, as the person knows it.
    subject: Option<String>,
    /// Websites that it touches, by their names.
    sites: Vec<String>,
    csrf: String,
    /// What can be pressed, by the words of its texts.
    buttons: Vec<&'static str>,
    /// Whether one has to say that one has read it.
    sure: bool,
}

impl Guest<'_> {
    pub(super) async fn step(&self, place: &Place) -> Result<Response, Problem> {
        let Some(who) = self.prove().await? else { return self.ask(place).await };
        let account = match self.public.own.account(who.visit()).await {
            Ok(account) => account,
            Err(UserError::Store(error)) => return Err(error.into()),
            Err(UserError::Refused(refusal)) => return Ok(self.gone(&refusal)),
        };
        let (texts, step) = match place {
            Place::Link => ("account_link", Step { buttons: vec!["go"], ..Step::default() }),
            Place::Linked(id) => match self.found(&who, id).await? {
                Some(found) => found,
                None => return Ok(self.say(Notice::Over, StatusCode::GONE)),
            },
            Place::Unlink(identity) => match self.unlink(&account, identity) {
                Some(step) => step,
                None => return Ok(see_other("/account?said=changed_meanwhile")),
            },
            Place::Sessions => {
                ("account_sessions", Step { buttons: vec!["others", "all"], ..Step::default() })
            }
            Place::Delete => ("account_delete", self.delete(&account)),
            _ => return Ok(see_other("/account")),
        };
        let csrf = who.visit().csrf().expose().to_owned();
        Ok(self.shown(texts, &Step { csrf, ..step }))
    }

    fn shown(&self, texts: &str, step: &Step) -> Response {
        let names = ("account_step", texts);
        governed(self.public.pages.own_as(self.language, names, step, StatusCode::OK), "", None)
    }

    /// What a scan has shown; none when there is no such linking any more.
    async fn found(
        &self,
        who: &Proven,
        id: &AuthorizationId,
    ) -> Result<Option<(&'static str, Step)>, Problem> {
        let Linking { found, by } = match self.public.own.find_link(who, (id, &self.browser)).await {
            Ok(linking) => linking,
            Err(LinkError::User(UserError::Store(error))) => return Err(error.into()),
            Err(_) => return Ok(None),
        };
        let subject = by.map(|by| self.title(&by));
        let said = |buttons| Step { subject: subject.clone(), buttons, ..Step::default() };
        Ok(Some(match found {
            Found::Nobody => ("account_found_nobody", Step { buttons: vec![], ..Step::default() }),
            Found::New => ("account_found_new", said(vec!["add"])),
            Found::Yours => ("account_found_yours", said(vec![])),
            Found::Off => ("account_found_off", said(vec![])),
            Found::Other(other) => ("account_found_other", self.merge(&other)),
        }))
    }

    fn merge(&self, other: &PersonDetail) -> Step {
        let looks = Looks::of(&other.person.user.face(), &self.public.settings.public_url);
        let mut sites: Vec<String> = other.person.uses.iter().map(|one| self.site(&one.client)).collect();
        sites.dedup();
        Step { subject: Some(looks.name), sites, buttons: vec!["merge"], sure: true, ..Step::default() }
    }

    fn delete(&self, account: &OwnAccount) -> Step {
        let looks = Looks::of(&account.user.face(), &self.public.settings.public_url);
        let sites = account.sites.iter().map(|site| self.site(&site.id)).collect();
        Step { subject: Some(looks.name), sites, buttons: vec!["delete"], sure: true, ..Step::default() }
    }

    fn site(&self, id: &saoma_core::client::ClientId) -> String {
        let client = self.public.logins.find_client(id.as_str());
        client.map_or_else(|| id.to_string(), |client| client.name.clone())
    }

    fn title(&self, slug: &ProviderSlug) -> String {
        self.public.own.find_way(slug).map_or_else(|| slug.to_string(), |open| self.words(&open))
    }

    fn words(&self, open: &OpenProvider) -> String {
        WayName::of(open, self.language).whole()
    }

    fn unlink(&self, account: &OwnAccount, identity: &IdentityId) -> Option<(&'static str, Step)> {
        let way = account.ways.iter().find(|way| way.identity == *identity)?;
        let title = way.provider.as_ref().map_or_else(|| way.namespace.clone(), |open| self.words(open));
        let mark = way.mark.iter().map(|mark| format!(" · {mark}"));
        let subject = Some([title].into_iter().chain(mark).collect());
        Some(if account.ways.len() == 1 {
            ("account_last", Step { subject, ..Step::default() })
        } else {
            ("account_unlink", Step { subject, buttons: vec!["remove"], ..Step::default() })
        })
    }
}
