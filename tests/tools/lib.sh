# Shared by the scripts beside it: messages, and installing Debian packages as root or through sudo.
# Owns no list of packages. Messages go to stderr, so that a script's stdout stays its answer.
set -euo pipefail

say() { printf 'tools: %s\n' "$*" >&2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "root or sudo is needed for: $*"
    return 1
  fi
}

# apt_install PACKAGE... : with fresh package lists; says much only when it fails.
apt_install() {
  if ! command -v apt-get >/dev/null; then
    say "this machine has no apt-get; please install what these Debian packages hold: $*"
    return 1
  fi
  say "installing $*"
  local log
  log=$(mktemp)
  if ! { apt_quietly update && apt_quietly -y --no-install-recommends install "$@"; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# Asks nothing, and waits for another apt that is running.
apt_quietly() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}
