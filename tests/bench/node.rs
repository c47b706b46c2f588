//! Node.js and npm's packages for the parts that need them, as `tests/tools` install them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The program `node`, at least this new, once the folder has its packages; or what could not be had.
pub fn node(least: &str, folder: &str) -> Result<PathBuf, String> {
    tool("packages.sh", folder)?;
    Ok(PathBuf::from(tool("node.sh", least)?).join("node"))
}

fn tool(name: &str, argument: &str) -> Result<String, String> {
    let mut command = Command::new(root().join("tests/tools").join(name));
    let output = command.arg(argument).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("tests/tools/{name} {argument} failed"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
