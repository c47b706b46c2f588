//! The tables of what websites are granted: requests, sessions, consents, grants, tokens, keys.

use diesel::table;

table! {
    authorizations (id) {
        id -> Text,
        client_id -> Text,
        redirect_uri -> Text,
        code_challenge -> Nullable<Text>,
        request -> Text,
        browser_hash -> Text,
        user_id -> Nullable<Text>,
        session_id -> Nullable<Text>,
        provider -> Nullable<Text>,
        assurance -> Nullable<Text>,
        auth_time -> Nullable<BigInt>,
        consented_at -> Nullable<BigInt>,
        code_hash -> Nullable<Text>,
        code_expires_at -> Nullable<BigInt>,
        redeemed_at -> Nullable<BigInt>,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    pushed_requests (hash) { hash -> Text, client_id -> Text, parameters -> Text, expires_at -> BigInt, }
}

table! {
    user_sessions (id) {
        id -> Text,
        secret_hash -> Text,
        user_id -> Text,
        provider -> Text,
        assurance -> Text,
        auth_time -> BigInt,
        own_auth_time -> Nullable<BigInt>,
        browser -> Nullable<Text>,
        created_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

table! {
    consents (user_id, client_id) {
        user_id -> Text,
        client_id -> Text,
        scope -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    grants (id) {
        id -> Text,
        origin_id -> Text,
        client_id -> Text,
        user_id -> Text,
        created_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        scope -> Text,
        nonce -> Nullable<Text>,
        session_id -> Nullable<Text>,
        provider -> Text,
        assurance -> Text,
        auth_time -> BigInt,
    }
}

table! {
    access_tokens (hash) {
        hash -> Text,
        grant_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        scope -> Nullable<Text>,
    }
}

table! {
    refresh_tokens (hash) {
        hash -> Text,
        grant_id -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

table! {
    signing_keys (kid) {
        kid -> Text,
        algorithm -> Text,
        serial -> BigInt,
        private -> Text,
        public -> Text,
        created_at -> BigInt,
        signs_from -> BigInt,
    }
}

table! { kept_secrets (name) { name -> Text, sealed -> Text, } }

table! { spent_assertions (hash) { hash -> Text, until -> BigInt, } }

table! {
    logout_notices (client_id, user_id, session_id) {
        client_id -> Text,
        user_id -> Text,
        session_id -> Text,
        attempts -> Integer,
        due_at -> BigInt,
        created_at -> BigInt,
    }
}

table! {
    device_requests (device_hash) {
        device_hash -> Text,
        user_hash -> Text,
        client_id -> Text,
        scope -> Text,
        authorization_id -> Nullable<Text>,
        pause_seconds -> BigInt,
        asked_at -> Nullable<BigInt>,
        denied_at -> Nullable<BigInt>,
        expires_at -> BigInt,
    }
}
