//! Finds out what a scanned code is: a mini-program's, a service account's, or that of a website's login page.
//! It takes a picture, the text of a code or a link, or a scene, and changes nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::act::ActBody;
use super::problem::Problem;
use crate::accounts::{AccountCode, id_of};
use crate::links::ticket_of;
use crate::picture::{self, Unseen};
use crate::state::State;
use crate::web::uuid_of;
use crate::wxacode::{EnvVersion, WxaCode};

/// What the phone has in front of it.
pub(super) enum Scanned {
    MiniProgram(WxaCode),
    Account { id: String, code: AccountCode },
    Website { uuid: String },
}

/// The code that the body of a scan names.
pub(super) async fn scanned(state: &State, body: &mut ActBody) -> Result<Scanned, Problem> {
    match (body.scene.take(), body.image.take(), body.text.take()) {
        (Some(scene), None, None) => {
            code_of_scene(state, scene, body.appid.as_deref()).map(Scanned::MiniProgram)
        }
        (None, Some(image), None) => {
            let texts = texts_in(image).await?;
            first_known(texts.iter().map(|text| meaning(state, text)))
        }
        (None, None, Some(text)) => first_known([meaning(state, &text)].into_iter()),
        _ => Err(Problem::new(400, "bad_body", "A scan takes either a scene, a text or an image.")),
    }
}

/// A picture may hold several codes: the first that means something counts.
fn first_known(meanings: impl Iterator<Item = Result<Scanned, Problem>>) -> Result<Scanned, Problem> {
    let mut refusal = None;
    for meaning in meanings {
        match meaning {
            Ok(scanned) => return Ok(scanned),
            Err(problem) => refusal = Some(problem),
        }
    }
    let nothing = || Problem::new(422, "no_code_in_picture", "There is no readable code in the picture.");
    Err(refusal.unwrap_or_else(nothing))
}

fn meaning(state: &State, text: &str) -> Result<Scanned, Problem> {
    if let Some(code) = WxaCode::parse(text) {
        return Ok(Scanned::MiniProgram(code));
    }
    let now = state.clock.now();
    let world = state.world();
    if let Some(id) = id_of(text) {
        let code = world.accounts.code(id).cloned().ok_or_else(not_made_here)?;
        let id = id.to_owned();
        return if code.lapsed(now) { Err(lapsed()) } else { Ok(Scanned::Account { id, code }) };
    }
    if let Some(ticket) = ticket_of(text) {
        let link = world.links.get(&ticket.to_owned()).cloned().ok_or_else(not_made_here)?;
        return if link.expires <= now { Err(lapsed()) } else { Ok(Scanned::MiniProgram(link.opens)) };
    }
    if let Some(uuid) = uuid_of(text) {
        let uuid = uuid.to_owned();
        let page = world.web.pages.get(&uuid).ok_or_else(not_made_here)?;
        return if page.lapsed(now) { Err(lapsed()) } else { Ok(Scanned::Website { uuid }) };
    }
    Err(Problem::new(
        422,
        "not_a_mini_program_code",
        "The code is none of a mini-program, an account or a login page.",
    ))
}

fn not_made_here() -> Problem {
    Problem::new(422, "unknown_code", "This code was not made here.")
}

/// A code whose time is over.
pub(super) fn lapsed() -> Problem {
    Problem::new(410, "code_expired", "The time of this code is over.")
}

fn code_of_scene(state: &State, scene: String, appid: Option<&str>) -> Result<WxaCode, Problem> {
    let world = state.world();
    if let Some(code) = world.code_of_scene(&scene, appid) {
        return Ok(code.clone());
    }
    // A code made before the sandbox started: the home page of the app, if it is clear which.
    let appid = match (appid, world.apps.keys().next()) {
        (Some(appid), _) => appid.to_owned(),
        (None, Some(only)) if world.apps.len() == 1 => only.clone(),
        _ => return Err(Problem::new(422, "unknown_code", "No code of this scene was made here.")),
    };
    Ok(WxaCode { appid, scene, page: String::new(), env_version: EnvVersion::Release })
}

async fn texts_in(image: String) -> Result<Vec<String>, Problem> {
    let unreadable =
        || Problem::new(422, "picture_unreadable", "This is not a JPEG or PNG picture the phone can read.");
    let seen = tokio::task::spawn_blocking(move || {
        let bytes = STANDARD.decode(image).map_err(|_| Unseen::NotAPicture)?;
        picture::read(&bytes)
    });
    // A decoder that gives up on a broken picture is one more unreadable picture.
    match seen.await.map_err(|_| unreadable())? {
        Ok(texts) => Ok(texts),
        Err(Unseen::NotAPicture) => Err(unreadable()),
        Err(Unseen::NoCode) => {
            Err(Problem::new(422, "no_code_in_picture", "There is no readable code in the picture."))
        }
    }
}
