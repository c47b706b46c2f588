//! What every database must keep, method by method, races included. Each test runs on both; a
//! database that cannot do something fails here, there is no opting out.

mod accounts;
mod audit;
mod audit_keeping;
mod audit_list;
mod clients;
mod fixture;
mod grants;
mod installation;
mod logbook;
mod logins;
mod migrations;
mod notices;
mod opening;
mod passkeys;
mod plans;
mod plans_of_lists;
mod providers;
mod pushes;
mod races;
mod redeem;
mod redirects;
mod rehearsals;
mod schema;
mod secrets;
mod settings;
mod signing_keys;
mod sqlite;
mod statements;
mod statistics;
mod user_changes;
mod user_identities;
mod user_lists;
mod user_merges;
mod user_plans;
