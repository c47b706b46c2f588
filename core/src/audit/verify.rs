//! Goes through all chains and says what is wrong with them.
//!
//! A chain begins at its first link, or where retention cut it: at a cut that is signed as one. It must
//! come through its checkpoints, through its head, and through what was kept elsewhere.

use super::chain::{ChainFault, ChainWalk, Mark};
use super::{ADMIN_STREAM, AuditStore, Checkpoint, Statement};
use crate::seal::Keyring;
use crate::{StoreError, Timestamp};

/// Links read at a time.
const AT_A_TIME: i64 = 500;
/// Seconds after which every row of a Login must be linked.
const LINKED_WITHIN: i64 = 60;
/// How often a stream is walked when retention cuts it meanwhile.
const WALKS: usize = 3;

/// What was found of one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamReport {
    /// The stream.
    pub stream: String,
    /// Where retention cut it, and when.
    pub cut: Option<(Mark, Timestamp)>,
    /// Where its links end: to be kept elsewhere, so that a later cut of the end shows.
    pub end: Mark,
    /// Checkpoints the walk came through.
    pub checkpoints: usize,
    /// What is wrong with it.
    pub fault: Option<ChainFault>,
}

/// An end or checkpoint that was kept elsewhere: stream, number, hash.
pub type Anchor = (String, i64, String);

/// Walks along every stream. `anchors` were kept elsewhere: the walk must come through those that lie
/// behind where the stream was cut.
pub async fn verify(
    store: &dyn AuditStore,
    keyring: &Keyring,
    anchors: &[Anchor],
    now: Timestamp,
) -> Result<Vec<StreamReport>, StoreError> {
    let mut streams = store.list_streams().await?;
    for (stream, ..) in anchors {
        if !streams.iter().any(|(known, _)| known == stream) {
            streams.push((stream.clone(), Mark::start()));
        }
    }
    let verifier = Verifier { store, keyring, anchors, now };
    let mut reports = Vec::with_capacity(streams.len());
    for (stream, head) in streams {
        let mut report = verifier.stream(&stream, &head).await?;
        for _ in 1..WALKS {
            if report.fault.is_none() || !verifier.was_cut_since(&report).await? {
                break;
            }
            report = verifier.stream(&stream, &head).await?;
        }
        reports.push(report);
    }
    Ok(reports)
}

struct Verifier<'a> {
    store: &'a dyn AuditStore,
    keyring: &'a Keyring,
    anchors: &'a [Anchor],
    now: Timestamp,
}

impl Verifier<'_> {
    async fn stream(&self, stream: &str, head: &Mark) -> Result<StreamReport, StoreError> {
        let cut = self.store.find_cut(stream).await?;
        let start = cut.as_ref().map_or(Mark::start(), |cut| cut.mark.clone());
        let began = start.until;
        let mut report = StreamReport {
            stream: stream.to_owned(),
            cut: cut.as_ref().map(|cut| (cut.mark.clone(), cut.at)),
            end: start.clone(),
            checkpoints: 0,
            fault: None,
        };
        if cut.is_some_and(|cut| !cut.is_signed(self.keyring, Statement::Cut)) {
            report.fault = Some(ChainFault::ForgedCut { seq: start.seq });
            return Ok(report);
        }
        let last = self.store.find_last_checkpoint(stream).await?;
        let own = self.anchors.iter().filter(|anchor| anchor.0 == stream);
        let marks = own.map(|(_, seq, mac)| (*seq, mac.as_str()));
        let marks = marks.chain(last.as_ref().map(|last| (last.mark.seq, last.mark.mac.as_str())));
        let walk = ChainWalk::new(self.keyring, stream, start).through(head.seq, &head.mac);
        let mut walk = marks.fold(walk, |walk, (seq, mac)| walk.through(seq, mac));
        report.fault = self.whole(&mut walk, began, &mut report.checkpoints).await?.err();
        report.end = walk.mark().clone();
        Ok(report)
    }

    /// Along all links, and then over what they should cover. A chain grows while one walks: what is not
    /// covered may be so by now, if one goes on.
    async fn whole(
        &self,
        walk: &mut ChainWalk<'_>,
        began: Timestamp,
        checkpoints: &mut usize,
    ) -> Result<Result<(), ChainFault>, StoreError> {
        let mut rows = 0;
        for _ in 0..WALKS {
            let before = walk.mark().seq;
            if let Err(fault) = self.along(walk, checkpoints).await? {
                return Ok(Err(fault));
            }
            if rows > 0 && walk.mark().seq == before {
                break;
            }
            rows = self.unlinked(walk, began).await?;
            if rows == 0 {
                return Ok(Ok(()));
            }
        }
        Ok(Err(ChainFault::Unlinked { rows }))
    }

    async fn along(
        &self,
        walk: &mut ChainWalk<'_>,
        checkpoints: &mut usize,
    ) -> Result<Result<(), ChainFault>, StoreError> {
        loop {
            let stream = walk.stream();
            // Links first: a checkpoint lies on a link, so no checkpoint is ahead of those found before it.
            let links = self.store.list_links(stream, walk.mark(), AT_A_TIME).await?;
            let Some(farthest) = links.last().map(|link| link.mark.seq) else { return Ok(walk.end()) };
            let found = self.store.list_checkpoints(stream, walk.mark().seq, AT_A_TIME).await?;
            for (checkpoint, _) in found.iter().filter(|(found, _)| found.mark.seq <= farthest) {
                if let Some(fault) = self.fault_of(checkpoint) {
                    return Ok(Err(fault));
                }
                walk.must_pass(checkpoint.mark.seq, &checkpoint.mark.mac);
                *checkpoints += 1;
            }
            if let Err(fault) = links.iter().try_for_each(|link| walk.step(link)) {
                return Ok(Err(fault));
            }
        }
    }

    fn fault_of(&self, checkpoint: &Checkpoint) -> Option<ChainFault> {
        let signed = checkpoint.is_signed(self.keyring, Statement::Stood);
        (!signed).then_some(ChainFault::ForgedCheckpoint { seq: checkpoint.mark.seq })
    }

    /// Admins' rows are linked as they are written, whatever moment they name. A row of a login may wait for
    /// its link a while; one that names a moment to come, or one of before all links, was not written by us.
    async fn unlinked(&self, walk: &ChainWalk<'_>, began: Timestamp) -> Result<i64, StoreError> {
        if walk.stream() == ADMIN_STREAM {
            return self.store.count_unlinked_by_row(ADMIN_STREAM).await;
        }
        let walked = (began, walk.mark().until);
        let due = (self.now.plus_seconds(-LINKED_WITHIN), self.now.plus_seconds(LINKED_WITHIN));
        self.store.count_unlinked_by_time(walk.stream(), walked, due).await
    }

    /// Whether retention cut the stream while it was walked: then what was missing was not stolen.
    async fn was_cut_since(&self, report: &StreamReport) -> Result<bool, StoreError> {
        let cut = self.store.find_cut(&report.stream).await?;
        Ok(cut.map(|cut| cut.mark) != report.cut.as_ref().map(|(mark, _)| mark.clone()))
    }
}
