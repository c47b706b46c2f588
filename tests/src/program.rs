//! The real binary as a process: started by a test, ended by its own pid.
//!
//! It is built on first use with the same profile as the tests, so that plain `cargo test` needs
//! no step before it; `SAOMA_BIN` names another one (the bench: a release build).

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Path of the binary.
pub fn binary() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        if let Some(path) = std::env::var_os("SAOMA_BIN") {
            return PathBuf::from(path);
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--bin", "saoma", "--message-format=json-render-diagnostics"])
            .args((!cfg!(debug_assertions)).then_some("--release"))
            .current_dir(root)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(built.status.success(), "the binary does not build");
        let lines = String::from_utf8(built.stdout).unwrap();
        let executables =
            lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let path = executables.filter_map(|m| m.get("executable")?.as_str().map(PathBuf::from)).next_back();
        path.expect("cargo named no executable")
    })
}

/// What a process said and how it ended.
pub struct Ended {
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Everything on standard output that nobody read before.
    pub stdout: String,
    /// Everything on standard error.
    pub stderr: String,
}

/// What a command printed and how it ended.
pub struct Said {
    /// Its exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs the binary to its end, with these variables and none of ours.
pub fn run(arguments: &[&str], folder: &Path, env: &[(&str, &str)]) -> Said {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SAOMA")) {
        command.env_remove(name);
    }
    let output = command.envs(env.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A running process; dropping it kills it.
pub struct Program {
    child: Child,
    log: std::thread::JoinHandle<String>,
}

impl Program {
    /// Starts the binary with these arguments in this folder.
    pub fn start(arguments: &[&str], folder: &Path) -> Self {
        let mut child = Command::new(binary())
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let log = std::thread::spawn(move || {
            let mut text = String::new();
            drop(stderr.read_to_string(&mut text));
            text
        });
        Self { child, log }
    }

    /// Its pid.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The first line it prints.
    pub fn first_line(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line
    }

    /// `kill -9`.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log().unwrap()
    }

    /// SIGTERM, then its exit code and everything it logged.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        let status = self.child.wait().unwrap();
        (status.code(), self.log().unwrap())
    }

    /// Any signal, then everything it said.
    pub fn end(mut self, signal: nix::sys::signal::Signal) -> Ended {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        nix::sys::signal::kill(pid, signal).unwrap();
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        let code = self.child.wait().unwrap().code();
        Ended { code, stdout, stderr: self.log().unwrap() }
    }

    fn log(&mut self) -> std::thread::Result<String> {
        std::mem::replace(&mut self.log, std::thread::spawn(String::new)).join()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
