//! The command line: subcommands and their exit codes. 0 done, 1 failed, 2 misused.

mod admin;
mod audit;
mod check;
mod configuration;
mod keys;
mod provider;
mod sandbox;
mod serve;

use crate::config::Source;
use crate::demo::DemoArgs;
use crate::process::{self, Failed};
use clap::{Parser, Subcommand, ValueEnum};
use std::future::Future;
use std::path::PathBuf;
use std::process::ExitCode;

/// Scan-to-login for every website you own.
#[derive(Debug, Parser)]
#[command(name = "saoma", version, about)]
struct Cli {
    /// The configuration file; relative paths in it start at its folder.
    #[arg(long, global = true, default_value = "./saoma.toml", value_name = "PATH")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Run everything at once to try it: server, pretend WeChat, a phone and a shop. Needs nothing.
    Demo(DemoArgs),
    /// Run only the pretend WeChat and its phone, for your own server.
    Sandbox(sandbox::SandboxArgs),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the database's schema up to date and stop.
    Migrate,
    /// Print an OpenAPI document.
    Openapi {
        /// Of which API.
        #[arg(value_enum, default_value_t = ApiName::Login)]
        api: ApiName,
    },
    /// Look at a provider.
    #[command(subcommand)]
    Provider(ProviderCommand),
    /// Look at the audit.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look at the keys that id tokens are signed with.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Let somebody into the admin's house.
    #[command(subcommand)]
    Admin(AdminCommand),
}

/// Our two APIs.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum ApiName {
    /// What websites call.
    Login,
    /// What admins and their programs call.
    Admin,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check it and tell every problem.
    Check,
    /// Print it merged, secrets hidden.
    Print,
    /// Print the JSON Schema it is checked against.
    Schema,
}

#[derive(Debug, Subcommand)]
enum ProviderCommand {
    /// Show how it is set up, and what to enter at the vendor.
    Show {
        /// Its slug.
        slug: String,
    },
    /// Ask the doctor: what is wrong with it, and what cures that.
    Check(check::CheckArgs),
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Walk along its chains: was a row changed, deleted, exchanged or put in?
    Verify {
        /// An end that an earlier run printed and that was kept elsewhere; shows whether the end was cut off since.
        #[arg(long = "anchor", value_name = "STREAM:NUMBER:HASH")]
        anchors: Vec<audit::Anchor>,
        /// Checkpoints that were kept elsewhere, as `audit checkpoints` printed them.
        #[arg(long, value_name = "PATH")]
        checkpoints: Option<PathBuf>,
    },
    /// Print its signed checkpoints, to be kept elsewhere; the key to check them with goes to standard error.
    Checkpoints,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Print them, and how they stand.
    List,
    /// Make the next keys before their time.
    Rotate(keys::RotateArgs),
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Print a one-time link that makes somebody an owner, or renews an admin's password and app.
    Bootstrap {
        /// Whose password and app to renew; without it somebody new becomes an owner.
        #[arg(long, value_name = "NAME")]
        renew: Option<String>,
    },
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let source = Source::File(cli.config);
    let done = match cli.command {
        Command::Serve => run(serve::serve(source)),
        Command::Demo(args) => run(crate::demo::run(args)),
        Command::Sandbox(args) => run(sandbox::run(args)),
        Command::Config(ConfigCommand::Check) => configuration::check(&source),
        Command::Config(ConfigCommand::Print) => configuration::print(&source),
        Command::Config(ConfigCommand::Schema) => configuration::schema(),
        Command::Migrate => run(serve::migrate(source)),
        Command::Openapi { api } => configuration::openapi(api),
        Command::Provider(ProviderCommand::Show { slug }) => run(provider::show(source, slug)),
        Command::Audit(AuditCommand::Verify { anchors, checkpoints }) => {
            run(audit::verify(source, anchors, checkpoints))
        }
        Command::Audit(AuditCommand::Checkpoints) => run(audit::checkpoints(source)),
        Command::Keys(KeysCommand::List) => run(keys::list(source)),
        Command::Keys(KeysCommand::Rotate(args)) => run(keys::rotate(source, args)),
        Command::Admin(AdminCommand::Bootstrap { renew }) => run(admin::bootstrap(source, renew)),
        Command::Provider(ProviderCommand::Check(args)) => run(check::check(source, args)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            process::complain(&failed.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Runs a command that needs the runtime; the store wants several threads.
fn run(command: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demo_s_codes_live_as_long_as_the_configuration_allows() {
        let parse = |seconds: &str| Cli::try_parse_from(["saoma", "demo", "--code-ttl", seconds]);
        assert!(parse("30").is_ok() && parse("300").is_ok());
        assert!(parse("29").is_err() && parse("301").is_err());
    }

    /// The bench holds a release to it, too.
    #[test]
    fn op_18_who_confirms_alone_is_in_builds_for_tests_only() {
        let parsed = Cli::try_parse_from(["saoma", "sandbox", "--self-confirming"]);
        assert_eq!(parsed.is_ok(), cfg!(any(debug_assertions, feature = "conformance")));
    }
}
