//! Passkeys and the ceremonies of which one is expected. How many an admin has is counted in the admin's
//! row, whose guarded update decides whether one may go: two that go at once cannot both be the last but one.

use super::super::Db;
use super::schema::{admin_passkeys, admins, passkey_ceremonies};
use super::{Conn, Sql, audit, lost_unless_one};
use crate::error::{Failure, unless_lost};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::admin::{Ceremony, CeremonyKind, NewPasskey, Passkey, PasskeyRemoval, PasskeyUse};
use saoma_core::audit::AuditEntry;
use saoma_core::id::{AdminId, PasskeyId};
use saoma_core::{SecretHash, Timestamp};

const PASSKEY: Failure = Failure::Corrupt("admin passkey");
const CEREMONY: Failure = Failure::Corrupt("passkey ceremony");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = admin_passkeys, check_for_backend(Db), treat_none_as_default_value = false)]
struct PasskeyRow {
    id: String,
    hash: String,
    admin_id: String,
    name: String,
    credential: String,
    counter: i64,
    backup_eligible: bool,
    backed_up: bool,
    created_at: i64,
    last_used_at: Option<i64>,
}

impl PasskeyRow {
    fn new(new: &NewPasskey) -> Self {
        let passkey = &new.passkey;
        Self {
            id: passkey.id.to_string(),
            hash: new.hash.as_str().to_owned(),
            admin_id: passkey.admin.to_string(),
            name: passkey.name.clone(),
            credential: passkey.credential.clone(),
            counter: passkey.counter.into(),
            backup_eligible: passkey.backup_eligible,
            backed_up: passkey.backed_up,
            created_at: passkey.created_at.0,
            last_used_at: passkey.last_used_at.map(|at| at.0),
        }
    }

    fn read(self) -> Result<Passkey, Failure> {
        Ok(Passkey {
            id: self.id.parse().map_err(|_| PASSKEY)?,
            admin: self.admin_id.parse().map_err(|_| PASSKEY)?,
            name: self.name,
            credential: self.credential,
            counter: self.counter.try_into().map_err(|_| PASSKEY)?,
            backup_eligible: self.backup_eligible,
            backed_up: self.backed_up,
            created_at: Timestamp(self.created_at),
            last_used_at: self.last_used_at.map(Timestamp),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = passkey_ceremonies, check_for_backend(Db), treat_none_as_default_value = false)]
struct CeremonyRow {
    hash: String,
    kind: String,
    bound: String,
    admin_id: Option<String>,
    state: String,
    expires_at: i64,
}

impl CeremonyRow {
    fn read(self) -> Result<Ceremony, Failure> {
        Ok(Ceremony {
            kind: CeremonyKind::parse(&self.kind).ok_or(CEREMONY)?,
            bound: self.bound,
            admin: self.admin_id.map(|id| id.parse()).transpose().map_err(|_| CEREMONY)?,
            state: self.state,
            expires_at: Timestamp(self.expires_at),
        })
    }
}

impl Sql {
    pub(super) async fn add_passkey(&self, new: &NewPasskey, entry: &AuditEntry) -> Result<(), Failure> {
        write_tx!(self.writer().await?, |conn| {
            let own = admins::table.find(new.passkey.admin.as_str());
            let more = admins::passkeys.eq(admins::passkeys + 1);
            lost_unless_one(diesel::update(own).set(more).execute(conn).await?)?;
            put_passkey(conn, new).await?;
            audit::add(conn, self.linker()?, entry).await
        })
    }

    pub(super) async fn passkeys_of(&self, admin: &AdminId) -> Result<Vec<Passkey>, Failure> {
        let own = admin_passkeys::table.filter(admin_passkeys::admin_id.eq(admin.as_str()));
        let query = own
            .order((admin_passkeys::created_at.asc(), admin_passkeys::id.asc()))
            .select(PasskeyRow::as_select());
        let rows: Vec<PasskeyRow> = query.load(&mut self.reader().await?).await?;
        rows.into_iter().map(PasskeyRow::read).collect()
    }

    pub(super) async fn passkey(&self, hash: &SecretHash) -> Result<Option<Passkey>, Failure> {
        let query = admin_passkeys::table
            .filter(admin_passkeys::hash.eq(hash.as_str()))
            .select(PasskeyRow::as_select());
        let row = query.get_result(&mut self.reader().await?).await.optional()?;
        row.map(PasskeyRow::read).transpose()
    }

    pub(super) async fn drop_passkey(
        &self,
        admin: &AdminId,
        id: &PasskeyId,
        needs_one: bool,
        entry: &AuditEntry,
    ) -> Result<PasskeyRemoval, Failure> {
        let mut is_last = false;
        let done = write_tx!(self.writer().await?, |conn| {
            let own = admin_passkeys::table.find(id.as_str());
            let own = own.filter(admin_passkeys::admin_id.eq(admin.as_str()));
            lost_unless_one(diesel::delete(own).execute(conn).await?)?;
            let holder = admins::table.find(admin.as_str());
            let fewer = admins::passkeys.eq(admins::passkeys - 1);
            let changed = if needs_one {
                let spare = holder.filter(admins::passkeys.gt(1));
                diesel::update(spare).set(fewer).execute(conn).await?
            } else {
                let spare = holder.filter(admins::passkeys.gt(1).or(admins::totp.ne("")));
                diesel::update(spare).set(fewer).execute(conn).await?
            };
            is_last = changed == 0;
            lost_unless_one(changed)?;
            audit::add(conn, self.linker()?, entry).await
        });
        Ok(match unless_lost(done)? {
            Some(()) => PasskeyRemoval::Done,
            None if is_last => PasskeyRemoval::LastFactor,
            None => PasskeyRemoval::NotFound,
        })
    }

    pub(super) async fn put_ceremony(&self, hash: &SecretHash, ceremony: &Ceremony) -> Result<(), Failure> {
        let row = CeremonyRow {
            hash: hash.as_str().to_owned(),
            kind: ceremony.kind.as_str().to_owned(),
            bound: ceremony.bound.clone(),
            admin_id: ceremony.admin.as_ref().map(ToString::to_string),
            state: ceremony.state.clone(),
            expires_at: ceremony.expires_at.0,
        };
        write_tx!(self.single().await?, |conn| {
            diesel::insert_into(passkey_ceremonies::table).values(row).execute(conn).await?;
            Ok(())
        })
    }

    pub(super) async fn pop_ceremony(&self, hash: &SecretHash, now: Timestamp) -> Result<Ceremony, Failure> {
        write_tx!(self.writer().await?, |conn| {
            let live = passkey_ceremonies::table
                .find(hash.as_str())
                .filter(passkey_ceremonies::expires_at.gt(now.0));
            let found = live.select(CeremonyRow::as_select()).get_result(conn).await.optional()?;
            let row: CeremonyRow = found.ok_or(Failure::LOST)?;
            let own = passkey_ceremonies::table.find(hash.as_str());
            // Whoever deletes it has it.
            lost_unless_one(diesel::delete(own).execute(conn).await?)?;
            row.read()
        })
    }
}

/// Keeps the row; the count is the caller's.
pub(super) async fn put_passkey(conn: &mut Conn, new: &NewPasskey) -> Result<(), Failure> {
    diesel::insert_into(admin_passkeys::table).values(PasskeyRow::new(new)).execute(conn).await?;
    Ok(())
}

/// An admin's passkeys go with their other proofs.
pub(super) async fn forget_passkeys(conn: &mut Conn, admin: &str) -> Result<(), Failure> {
    let own = admin_passkeys::table.filter(admin_passkeys::admin_id.eq(admin));
    diesel::delete(own).execute(conn).await?;
    Ok(())
}

/// Notes a use, if it counts on from the last one: of two copies that answer at once, one is refused.
pub(super) async fn use_passkey(
    conn: &mut Conn,
    admin: &str,
    used: &PasskeyUse,
    now: i64,
) -> Result<(), Failure> {
    let count = i64::from(used.counter);
    let own = admin_passkeys::table.find(used.id.as_str()).filter(admin_passkeys::admin_id.eq(admin));
    // Those that do not count stay at 0.
    let before = if count == 0 { 1 } else { count };
    let counts_on = own.filter(admin_passkeys::counter.lt(before));
    let now_so = (
        admin_passkeys::credential.eq(&used.credential),
        admin_passkeys::counter.eq(count),
        admin_passkeys::backup_eligible.eq(used.backup_eligible),
        admin_passkeys::backed_up.eq(used.backed_up),
        admin_passkeys::last_used_at.eq(Some(now)),
    );
    lost_unless_one(diesel::update(counts_on).set(now_so).execute(conn).await?)
}
