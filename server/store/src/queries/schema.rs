//! The tables as diesel knows them; a contract test compares them with both databases.

use diesel::sql_types::{Nullable, Text};
use diesel::{allow_tables_to_appear_in_same_query, define_sql_function, table};

pub(super) use super::schema_house::*;
pub(super) use super::schema_openid::*;

define_sql_function! {
    /// The first, unless it is none.
    fn coalesce(first: Nullable<Text>, second: Text) -> Text;
}

table! { installation (id) { id -> Integer, key_id -> Text, } }

table! {
    clients (id) {
        id -> Text,
        name -> Text,
        client_type -> Text,
        secret_hashes -> Text,
        redirect_uris -> Text,
        origins -> Text,
        providers -> Text,
        min_assurance -> Text,
        logo_media_type -> Nullable<Text>,
        logo -> Nullable<Binary>,
        accent -> Nullable<Text>,
        enabled -> Bool,
        managed_by_file -> Bool,
        updated_at -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        openid -> Text,
    }
}

table! {
    providers (id) {
        id -> Text,
        slug -> Text,
        kind -> Text,
        title -> Text,
        config -> Text,
        secrets -> Text,
        position -> Integer,
        enabled -> Bool,
        managed_by_file -> Bool,
        updated_at -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    users (id) {
        id -> Text,
        name -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        name_from -> Nullable<Text>,
        locale -> Nullable<Text>,
        version -> BigInt,
        disabled_at -> Nullable<BigInt>,
        merged_into -> Nullable<Text>,
        name_key -> Nullable<Text>,
    }
}

table! {
    user_clients (user_id, client_id, sub) {
        user_id -> Text,
        client_id -> Text,
        sub -> Text,
        user_at -> BigInt,
        first_at -> BigInt,
        last_at -> BigInt,
        logins -> BigInt,
    }
}

table! {
    user_merges (id) {
        id -> Text,
        winner -> Text,
        loser -> Text,
        merged_by -> Text,
        merged_at -> BigInt,
        undo_until -> BigInt,
        moved -> Text,
    }
}

table! {
    merge_offers (id) {
        id -> Text,
        user_id -> Text,
        other_id -> Text,
        namespace -> Text,
        created_at -> BigInt,
        dismissed_at -> Nullable<BigInt>,
    }
}

table! {
    pictures (user_id) {
        user_id -> Text,
        id -> Text,
        media_type -> Text,
        bytes -> Binary,
        identity_id -> Nullable<Text>,
        source_hash -> Nullable<Text>,
        updated_at -> BigInt,
    }
}

table! {
    identities (id) {
        id -> Text,
        user_id -> Text,
        namespace -> Text,
        subject -> Text,
        alias_mark -> Text,
        created_at -> BigInt,
        user_at -> BigInt,
    }
}

table! {
    aliases (namespace, value) { namespace -> Text, value -> Text, user_id -> Text, created_at -> BigInt, }
}

table! {
    logins (id) {
        id -> Text,
        client_id -> Text,
        provider -> Text,
        scene -> Text,
        image_token -> Text,
        browser_hash -> Text,
        stage -> Text,
        version -> BigInt,
        reason -> Nullable<Text>,
        challenge_type -> Text,
        challenge_value -> Nullable<Text>,
        private -> Nullable<Text>,
        redirect_uri -> Nullable<Text>,
        site -> Text,
        code_challenge -> Text,
        requester -> Text,
        proof_namespace -> Nullable<Text>,
        proof_subject -> Nullable<Text>,
        proof_detail -> Nullable<Text>,
        companion_hash -> Nullable<Text>,
        user_id -> Nullable<Text>,
        code_hash -> Nullable<Text>,
        code_expires_at -> Nullable<BigInt>,
        created_at -> BigInt,
        updated_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        state_hash -> Nullable<Text>,
        number -> Nullable<Text>,
        push_key -> Nullable<Text>,
        asked_at -> Nullable<BigInt>,
        shown_at -> Nullable<BigInt>,
        scanned_at -> Nullable<BigInt>,
        confirmed_at -> Nullable<BigInt>,
        vendor_answer -> Nullable<Text>,
        address_key -> Nullable<Text>,
        browser -> Nullable<Text>,
        cleared_at -> Nullable<BigInt>,
        assurance -> Text,
        authorization_id -> Nullable<Text>,
        code_back -> Nullable<Text>,
    }
}

table! {
    login_hours (hour, client_id, provider, browser) {
        hour -> BigInt,
        client_id -> Text,
        provider -> Text,
        browser -> Text,
        begun -> Integer,
        shown -> Integer,
        scanned -> Integer,
        confirmed -> Integer,
        redeemed -> Integer,
        denied -> Integer,
        expired -> Integer,
        conflict -> Integer,
        failed -> Integer,
        cancelled -> Integer,
        seconds -> Integer,
        took_0 -> Integer,
        took_1 -> Integer,
        took_2 -> Integer,
        took_3 -> Integer,
        took_4 -> Integer,
        took_5 -> Integer,
        took_6 -> Integer,
        took_7 -> Integer,
        took_8 -> Integer,
        took_9 -> Integer,
        took_10 -> Integer,
        took_11 -> Integer,
        took_12 -> Integer,
        took_13 -> Integer,
        took_14 -> Integer,
        took_15 -> Integer,
    }
}

table! { statistics_head (id) { id -> Integer, until -> BigInt, } }

table! {
    push_notes (provider, value_hash) {
        provider -> Text,
        value_hash -> Text,
        push_key -> Text,
        seen_at -> BigInt,
    }
}

table! {
    audit_events (id) {
        id -> Text,
        at -> BigInt,
        actor -> Text,
        address -> Nullable<Text>,
        action -> Text,
        target -> Text,
        client_id -> Nullable<Text>,
        provider -> Nullable<Text>,
        user_id -> Nullable<Text>,
        outcome -> Text,
        detail -> Nullable<Text>,
        admin_id -> Nullable<Text>,
        stream -> Text,
    }
}

table! {
    audit_links (stream, seq) {
        stream -> Text,
        seq -> BigInt,
        event_id -> Nullable<Text>,
        until -> BigInt,
        mac -> Text,
    }
}

table! {
    audit_heads (stream) { stream -> Text, seq -> BigInt, until -> BigInt, mac -> Text, }
}

table! {
    audit_checkpoints (stream, seq) {
        stream -> Text,
        seq -> BigInt,
        until -> BigInt,
        mac -> Text,
        at -> BigInt,
        row_count -> BigInt,
        signature -> Text,
    }
}

table! {
    audit_cuts (stream) {
        stream -> Text,
        seq -> BigInt,
        until -> BigInt,
        mac -> Text,
        at -> BigInt,
        signature -> Text,
    }
}

table! {
    settings (name) { name -> Text, value -> Text, version -> BigInt, updated_at -> BigInt, }
}

table! { __diesel_schema_migrations (version) { version -> Text, } }

allow_tables_to_appear_in_same_query!(logins, identities, users, push_notes);
allow_tables_to_appear_in_same_query!(access_tokens, grants);
allow_tables_to_appear_in_same_query!(audit_events, audit_links);
allow_tables_to_appear_in_same_query!(grants, users);
allow_tables_to_appear_in_same_query!(refresh_tokens, grants);
allow_tables_to_appear_in_same_query!(refresh_tokens, users);
allow_tables_to_appear_in_same_query!(user_sessions, users);
allow_tables_to_appear_in_same_query!(user_sessions, grants);
allow_tables_to_appear_in_same_query!(authorizations, users);
allow_tables_to_appear_in_same_query!(authorizations, user_sessions);
allow_tables_to_appear_in_same_query!(access_tokens, users);
allow_tables_to_appear_in_same_query!(pictures, access_tokens);
allow_tables_to_appear_in_same_query!(pictures, grants);
allow_tables_to_appear_in_same_query!(pictures, users);
allow_tables_to_appear_in_same_query!(pictures, identities);
allow_tables_to_appear_in_same_query!(users, user_clients);
allow_tables_to_appear_in_same_query!(users, merge_offers);
allow_tables_to_appear_in_same_query!(users, aliases);
allow_tables_to_appear_in_same_query!(identities, user_clients);
