//! Users as the admin API says and takes them. Lists abbreviate subjects; one user is told whole.

use poem_openapi::Object;
use saoma_core::Timestamp;
use saoma_core::provider::Alias;
use saoma_core::user::admin::{
    ClientUse, Identity, LiveGrant, Merge, MergeOffer, MergedBy, Person, PersonDetail, abbreviated,
};

/// One way of a person to log in.
#[derive(Debug, Object)]
#[oai(rename = "Identity")]
pub(super) struct IdentityView {
    /// Its id.
    identity_id: String,
    /// Whose subjects these are, e.g. `wechat:<appid>`.
    namespace: String,
    /// The subject, e.g. an openid; abbreviated in lists.
    subject: String,
    /// RFC 3339.
    created_at: String,
}

impl IdentityView {
    fn new(identity: &Identity, subject: String) -> Self {
        Self {
            identity_id: identity.id.to_string(),
            namespace: identity.namespace.clone(),
            subject,
            created_at: identity.created_at.to_rfc3339(),
        }
    }
}

/// A further name of a person, e.g. a unionid.
#[derive(Debug, Object)]
#[oai(rename = "Alias")]
pub(super) struct AliasView {
    /// Whose values these are.
    namespace: String,
    /// The value; abbreviated in lists.
    value: String,
}

/// A website that took the person over.
#[derive(Debug, Object)]
#[oai(rename = "ClientUse")]
pub(super) struct UseView {
    /// The website.
    client_id: String,
    /// The user's id that it was told; another one when that user became part of this one.
    sub: String,
    /// RFC 3339.
    first_at: String,
    /// RFC 3339.
    last_at: String,
    /// How often.
    logins: i64,
}

impl From<&ClientUse> for UseView {
    fn from(one: &ClientUse) -> Self {
        Self {
            client_id: one.client.to_string(),
            sub: one.sub.to_string(),
            first_at: one.first_at.to_rfc3339(),
            last_at: one.last_at.to_rfc3339(),
            logins: one.logins,
        }
    }
}

/// A user with all by which it is known.
#[derive(Debug, Object)]
#[oai(rename = "User", skip_serializing_if_is_none)]
pub(super) struct UserView {
    /// Its id: the `sub` that websites are told.
    user_id: String,
    /// What the person is called, if anybody ever said.
    name: Option<String>,
    /// Whether there is a picture of the person.
    has_picture: bool,
    /// The language of the page of the first login.
    locale: Option<String>,
    /// Whether the person may not log in.
    disabled: bool,
    /// Since when; RFC 3339.
    disabled_at: Option<String>,
    /// Its identities, the oldest first.
    identities: Vec<IdentityView>,
    /// Its aliases.
    aliases: Vec<AliasView>,
    /// Where it has been, the last one first.
    clients: Vec<UseView>,
    /// When a website last took the person over; RFC 3339.
    last_login_at: Option<String>,
    /// RFC 3339.
    created_at: String,
    /// RFC 3339.
    updated_at: String,
    /// Grows with every change; the `ETag` of the user.
    version: i64,
}

impl UserView {
    /// As in a list.
    pub(super) fn listed(person: &Person) -> Self {
        Self::new(person, abbreviated)
    }

    fn new(person: &Person, show: fn(&str) -> String) -> Self {
        let user = &person.user;
        let alias =
            |alias: &Alias| AliasView { namespace: alias.namespace.clone(), value: show(&alias.value) };
        Self {
            user_id: user.id.to_string(),
            name: user.name.clone(),
            has_picture: user.picture.is_some(),
            locale: user.locale.clone(),
            disabled: user.disabled_at.is_some(),
            disabled_at: user.disabled_at.map(Timestamp::to_rfc3339),
            identities: person
                .identities
                .iter()
                .map(|one| IdentityView::new(one, show(&one.subject)))
                .collect(),
            aliases: person.aliases.iter().map(alias).collect(),
            clients: person.uses.iter().map(UseView::from).collect(),
            last_login_at: person.last_login_at().map(Timestamp::to_rfc3339),
            created_at: user.created_at.to_rfc3339(),
            updated_at: user.updated_at.to_rfc3339(),
            version: user.version,
        }
    }
}

/// What lives of what a login granted.
#[derive(Debug, Object)]
#[oai(rename = "Grant")]
pub(super) struct GrantView {
    /// The website.
    client_id: String,
    /// RFC 3339.
    created_at: String,
    /// How many access tokens live.
    tokens: i64,
}

impl From<&LiveGrant> for GrantView {
    fn from(grant: &LiveGrant) -> Self {
        Self {
            client_id: grant.client.to_string(),
            created_at: grant.created_at.to_rfc3339(),
            tokens: grant.tokens,
        }
    }
}

/// A merge that can be undone.
#[derive(Debug, Object)]
#[oai(rename = "Merge", skip_serializing_if_is_none)]
pub(super) struct MergeView {
    /// Its id.
    merge_id: String,
    /// The user that stayed.
    winner: String,
    /// The user that became part of it.
    loser: String,
    /// The admin who did it; none when the person did, who had proven both accounts.
    admin_id: Option<String>,
    /// RFC 3339.
    merged_at: String,
    /// RFC 3339.
    undo_until: String,
}

impl From<&Merge> for MergeView {
    fn from(merge: &Merge) -> Self {
        Self {
            merge_id: merge.id.to_string(),
            winner: merge.winner.to_string(),
            loser: merge.loser.to_string(),
            admin_id: match &merge.by {
                MergedBy::Admin(id) => Some(id.to_string()),
                MergedBy::Person => None,
            },
            merged_at: merge.at.to_rfc3339(),
            undo_until: merge.undo_until.to_rfc3339(),
        }
    }
}

/// Two users of whom the vendor says that they are one person.
#[derive(Debug, Object)]
#[oai(rename = "MergeOffer")]
pub(super) struct OfferView {
    /// Its id.
    offer_id: String,
    /// The user whose identity came with the alias.
    user_id: String,
    /// The user who has the alias.
    other_id: String,
    /// Whose alias it is.
    namespace: String,
    /// RFC 3339.
    created_at: String,
}

impl From<&MergeOffer> for OfferView {
    fn from(offer: &MergeOffer) -> Self {
        Self {
            offer_id: offer.id.to_string(),
            user_id: offer.user.to_string(),
            other_id: offer.other.to_string(),
            namespace: offer.namespace.clone(),
            created_at: offer.created_at.to_rfc3339(),
        }
    }
}

/// All there is to know of one user.
#[derive(Debug, Object)]
#[oai(rename = "UserDetail")]
pub(super) struct DetailView {
    /// The user.
    user: UserView,
    /// What lives of what its logins granted, newest first.
    grants: Vec<GrantView>,
    /// Users that became part of it.
    parts: Vec<String>,
    /// Merges into it that can be undone, newest first.
    merges: Vec<MergeView>,
    /// Users that may be the same person.
    offers: Vec<OfferView>,
}

impl From<&PersonDetail> for DetailView {
    fn from(detail: &PersonDetail) -> Self {
        Self {
            user: UserView::new(&detail.person, str::to_owned),
            grants: detail.grants.iter().map(GrantView::from).collect(),
            parts: detail.parts.iter().map(ToString::to_string).collect(),
            merges: detail.merges.iter().map(MergeView::from).collect(),
            offers: detail.offers.iter().map(OfferView::from).collect(),
        }
    }
}

/// What shall be otherwise.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct UserChange {
    /// Whether the person may not log in.
    pub(super) disabled: bool,
}

/// Whose tokens end.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RevocationBody {
    /// Those of one website; absent for all.
    pub(super) client_id: Option<String>,
}

/// How much ended.
#[derive(Debug, Object)]
pub(super) struct Revoked {
    /// Grants, each with its tokens.
    pub(super) grants: u64,
}

/// An identity that another user has.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LinkBody {
    /// Which one.
    pub(super) identity_id: String,
    /// Who has it.
    pub(super) from_user_id: String,
    /// The version at which that user was read.
    pub(super) from_version: i64,
}

/// A user that becomes part of another.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MergeBody {
    /// Which one.
    pub(super) user_id: String,
    /// The version at which it was read.
    pub(super) version: i64,
}

/// A login in which somebody was proven.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ProvenLogin {
    /// Which one.
    pub(super) login_id: String,
}

/// Whose the person of that login is now.
#[derive(Debug, Object)]
pub(super) struct Admitted {
    /// The user.
    pub(super) user_id: String,
}
