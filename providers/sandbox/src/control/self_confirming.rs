//! Somebody who scans each new code of a mini-program and confirms by themselves: for programs that test a server
//! from outside and have no phone to hold.
//!
//! Switched on in code alone, by no call of the control interface, and compiled only into debug builds and those
//! with the feature `conformance`, so that no release has it.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::task::TaskTracker;

use super::act::{open, press};
use crate::state::State;
use crate::wxacode::WxaCode;

const PAUSE: Duration = Duration::from_millis(100);
/// The server knows its code a moment after it was made; how long that may last.
const TRIES: u32 = 100;

/// Lets this person confirm until the sandbox stops.
pub(crate) async fn watch(state: Arc<State>, person: String, tasks: TaskTracker) {
    let (_, mut known) = state.world().codes_after(u64::MAX);
    while pause(&state).await {
        let (codes, made) = state.world().codes_after(known);
        known = made;
        for code in codes {
            tasks.spawn(confirm(Arc::clone(&state), person.clone(), code));
        }
    }
}

/// Waits a little; false when the sandbox stops.
async fn pause(state: &State) -> bool {
    tokio::select! {
        () = state.stopping.cancelled() => false,
        () = tokio::time::sleep(PAUSE) => true,
    }
}

async fn confirm(state: Arc<State>, person: String, code: WxaCode) {
    let page = (person.clone(), code.scene.clone());
    for _ in 0..TRIES {
        // What the server answers to a scan it does not know is no page; then once more.
        drop(Box::pin(open(&state, person.clone(), code.clone())).await);
        let opened = state.world().pages.get(&page).cloned();
        if let Some(opened) = opened {
            drop(press(&state, &code.scene, &opened, "confirm", &[]).await);
            return;
        }
        if !pause(&state).await {
            return;
        }
    }
}
