//! Goes through all chains and says what is wrong with them.

use super::chain::{ChainFault, ChainWalk, Mark};
use super::{ADMIN_STREAM, AuditStore};
use crate::seal::Keyring;
use crate::{StoreError, Timestamp};

/// Links read at a time.
const AT_A_TIME: i64 = 500;
/// Seconds after which every row of a Login must be linked.
const LINKED_WITHIN: i64 = 60;

/// What was found of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamReport {
    /// The stream.
    pub stream: String,
    /// Where its links end: to be kept elsewhere, so that a later cut of the end shows.
    pub end: Mark,
    /// What is wrong with it.
    pub fault: Option<ChainFault>,
}

/// Walks along every stream. `anchors` are ends that were kept elsewhere: the walk must come through them.
pub async fn verify(
    store: &dyn AuditStore,
    keyring: &Keyring,
    anchors: &[(String, i64, String)],
    now: Timestamp,
) -> Result<Vec<StreamReport>, StoreError> {
    let mut streams = store.list_streams().await?;
    for (stream, ..) in anchors {
        if !streams.iter().any(|(known, _)| known == stream) {
            streams.push((stream.clone(), Mark::start()));
        }
    }
    let mut reports = Vec::with_capacity(streams.len());
    for (stream, head) in streams {
        let start = ChainWalk::new(keyring, &stream, Mark::start()).through(head.seq, &head.mac);
        let own = anchors.iter().filter(|anchor| anchor.0 == stream);
        let mut walk = own.fold(start, |walk, (_, seq, mac)| walk.through(*seq, mac));
        let fault = match along(store, &stream, &mut walk).await? {
            Err(fault) => Some(fault),
            Ok(()) => unlinked(store, &stream, now).await?,
        };
        let end = walk.mark().clone();
        reports.push(StreamReport { stream, end, fault });
    }
    Ok(reports)
}

async fn along(
    store: &dyn AuditStore,
    stream: &str,
    walk: &mut ChainWalk<'_>,
) -> Result<Result<(), ChainFault>, StoreError> {
    loop {
        let links = store.list_links(stream, walk.mark(), AT_A_TIME).await?;
        if links.is_empty() {
            return Ok(walk.end());
        }
        if let Err(fault) = links.iter().try_for_each(|link| walk.step(link)) {
            return Ok(Err(fault));
        }
    }
}

async fn unlinked(
    store: &dyn AuditStore,
    stream: &str,
    now: Timestamp,
) -> Result<Option<ChainFault>, StoreError> {
    let before = if stream == ADMIN_STREAM { now.plus_seconds(1) } else { now.plus_seconds(-LINKED_WITHIN) };
    let rows = store.count_unlinked(stream, before).await?;
    Ok((rows > 0).then_some(ChainFault::Unlinked { rows }))
}
