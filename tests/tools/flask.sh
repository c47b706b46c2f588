#!/usr/bin/env bash
# Owns the Python that the back end written with Flask runs in. Installed from PyPI into target/tools, in the versions
# named here; prints the program's path.
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh

FLASK=3.1.3
REQUESTS=2.34.2
home="$(cd ../.. && pwd)/target/tools/flask-$FLASK-$REQUESTS"
program="$home/bin/python"

if [ ! -e "$home/.complete" ]; then
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv >&2
  say "installing Flask"
  rm -rf "$home"
  python3 -m venv "$home" >&2
  "$home/bin/pip" install --quiet --disable-pip-version-check "flask==$FLASK" "requests==$REQUESTS" >&2
  touch "$home/.complete"
fi
echo "$program"
