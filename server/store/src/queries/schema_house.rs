//! The tables of the admin's house as diesel knows them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    admins (id) {
        id -> Text,
        name -> Text,
        role -> Text,
        clients -> Text,
        enabled -> Bool,
        version -> BigInt,
        password_hash -> Text,
        totp -> Text,
        totp_step -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
        last_login_at -> Nullable<BigInt>,
        passkeys -> BigInt,
    }
}

table! {
    admin_passkeys (id) {
        id -> Text,
        hash -> Text,
        admin_id -> Text,
        name -> Text,
        credential -> Text,
        counter -> BigInt,
        backup_eligible -> Bool,
        backed_up -> Bool,
        created_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    passkey_ceremonies (hash) {
        hash -> Text,
        kind -> Text,
        bound -> Text,
        admin_id -> Nullable<Text>,
        state -> Text,
        expires_at -> BigInt,
    }
}

table! {
    admin_recovery_codes (hash) { hash -> Text, admin_id -> Text, }
}

table! {
    admin_links (hash) {
        hash -> Text,
        admin_id -> Nullable<Text>,
        role -> Nullable<Text>,
        clients -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> BigInt,
        made_by -> Nullable<Text>,
    }
}

table! {
    admin_sessions (id) {
        id -> Text,
        hash -> Text,
        admin_id -> Text,
        created_at -> BigInt,
        seen_at -> BigInt,
        proven_at -> BigInt,
        address -> Nullable<Text>,
        browser -> Nullable<Text>,
    }
}

table! {
    api_tokens (id) {
        id -> Text,
        hash -> Text,
        admin_id -> Text,
        name -> Text,
        scope -> Text,
        clients -> Nullable<Text>,
        networks -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        last_used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

allow_tables_to_appear_in_same_query!(admins, admin_sessions);
allow_tables_to_appear_in_same_query!(admins, api_tokens);
