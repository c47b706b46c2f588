//! Faces of people, and their pictures: one each, found by its unguessable id, replaced by the rule of core.
//!
//! The person's row is written first: whoever puts a picture and whoever takes one away meet there.

use super::schema::{coalesce, identities, logins, pictures, users};
use super::{Conn, Sql};
use crate::error::{Failure, unless_lost};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use saoma_core::id::{PictureId, UserId};
use saoma_core::login::Stage;
use saoma_core::provider::Image;
use saoma_core::user::{Face, NewPicture, PictureOrigin, Uploader};
use saoma_core::{SecretHash, Timestamp};

/// What a cleaned picture can be.
const MEDIA_TYPES: [&str; 2] = ["image/jpeg", "image/png"];
const CORRUPT: Failure = Failure::Corrupt("picture");

type OriginRow = (Option<String>, Option<String>, Option<String>);

impl Sql {
    pub(super) async fn picture(&self, id: &PictureId) -> Result<Option<Image>, Failure> {
        let query = pictures::table.filter(pictures::id.eq(id.as_str()));
        let query = query.select((pictures::media_type, pictures::bytes));
        let row = query.get_result(&mut self.reader().await?).await.optional()?;
        let Some((kind, bytes)): Option<(String, Vec<u8>)> = row else { return Ok(None) };
        let media_type = MEDIA_TYPES.into_iter().find(|known| *known == kind).ok_or(CORRUPT)?;
        Ok(Some(Image { media_type, bytes: bytes.into() }))
    }

    pub(super) async fn face(&self, user: &UserId) -> Result<Option<Face>, Failure> {
        let asked = diesel::alias!(users as asked);
        let person = coalesce(asked.field(users::merged_into), asked.field(users::id));
        let query = asked
            .inner_join(users::table.on(users::id.eq(person)))
            .left_join(pictures::table.on(pictures::user_id.eq(users::id)))
            .filter(asked.field(users::id).eq(user.as_str()))
            .select((users::name, pictures::id.nullable(), users::locale));
        let row: Option<(Option<String>, Option<String>, Option<String>)> =
            query.get_result(&mut self.reader().await?).await.optional()?;
        let Some((name, picture, locale)) = row else { return Ok(None) };
        let picture = picture.map(|id| id.parse().map_err(|_| CORRUPT)).transpose()?;
        Ok(Some(Face { user: user.clone(), name, picture, locale }))
    }

    pub(super) async fn picture_origin(&self, user: &UserId) -> Result<Option<PictureOrigin>, Failure> {
        let query = pictures::table
            .left_join(identities::table.on(pictures::identity_id.eq(identities::id.nullable())))
            .filter(pictures::user_id.eq(user.as_str()))
            .select((
                identities::namespace.nullable(),
                identities::subject.nullable(),
                pictures::source_hash,
            ));
        let row: Option<OriginRow> = query.get_result(&mut self.reader().await?).await.optional()?;
        match row {
            None => Ok(None),
            Some((None, None, None)) => Ok(Some(PictureOrigin::Person)),
            Some((Some(namespace), Some(subject), Some(hash))) => {
                let source = SecretHash::from_stored(hash);
                Ok(Some(PictureOrigin::Vendor { key: (namespace, subject), source }))
            }
            Some(_) => Err(CORRUPT),
        }
    }

    pub(super) async fn put_image(&self, picture: &NewPicture) -> Result<bool, Failure> {
        Ok(unless_lost(self.try_put(picture).await)?.is_some())
    }

    async fn try_put(&self, picture: &NewPicture) -> Result<(), Failure> {
        let NewPicture { id, user, image, origin, at } = picture;
        let (key, source) = match origin {
            PictureOrigin::Person => (None, None),
            PictureOrigin::Vendor { key, source } => (Some(key), Some(source.as_str())),
        };
        write_tx!(self.writer().await?, |conn| {
            // Whoever became part of another gets no more pictures.
            let own = users::table.find(user.as_str()).filter(users::merged_into.is_null());
            let changed = (users::updated_at.eq(at.0), users::version.eq(users::version + 1));
            one(diesel::update(own).set(changed).execute(conn).await?)?;
            let identity = match key {
                Some(key) => Some(identity_of(conn, user, key).await?.ok_or(Failure::LOST)?),
                None => None,
            };
            let kept = pictures::table.find(user.as_str());
            // The rule of `PictureOrigin::replaces`, for what stands there now.
            let last: Option<Option<String>> =
                kept.select(pictures::identity_id).get_result(conn).await.optional()?;
            if key.is_some() && last.is_some_and(|last| last != identity) {
                return Err(Failure::LOST);
            }
            diesel::delete(kept).execute(conn).await?;
            let row = (
                pictures::user_id.eq(user.as_str()),
                pictures::id.eq(id.as_str()),
                pictures::media_type.eq(image.media_type),
                pictures::bytes.eq(image.bytes.as_ref()),
                pictures::identity_id.eq(identity),
                pictures::source_hash.eq(source),
                pictures::updated_at.eq(at.0),
            );
            one(diesel::insert_into(pictures::table).values(row).execute(conn).await?)
        })
    }

    pub(super) async fn uploader(&self, companion: &SecretHash) -> Result<Option<Uploader>, Failure> {
        let query = logins::table.filter(logins::companion_hash.eq(companion.as_str())).select((
            logins::user_id,
            logins::stage,
            logins::created_at,
        ));
        let row = query.get_result(&mut self.reader().await?).await.optional()?;
        let Some((user, stage, began)): Option<(Option<String>, String, i64)> = row else { return Ok(None) };
        let user = user.as_deref().map(str::parse).transpose().map_err(|_| Failure::Corrupt("login"))?;
        let stage = Stage::parse(&stage).ok_or(Failure::Corrupt("login"))?;
        Ok(Some(Uploader { user, stage, began_at: Timestamp(began) }))
    }
}

/// The Identity of this key, if it is the User's.
async fn identity_of(
    conn: &mut Conn,
    user: &UserId,
    (namespace, subject): &(String, String),
) -> Result<Option<String>, Failure> {
    let own = identities::table
        .filter(identities::namespace.eq(namespace))
        .filter(identities::subject.eq(subject))
        .filter(identities::user_id.eq(user.as_str()));
    Ok(own.select(identities::id).get_result(conn).await.optional()?)
}

/// One row, or nothing of this has happened.
fn one(rows: usize) -> Result<(), Failure> {
    if rows == 1 { Ok(()) } else { Err(Failure::LOST) }
}
