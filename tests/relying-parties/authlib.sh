#!/usr/bin/env bash
# Owns the Python that the website written with Authlib runs in. Installed from PyPI into target/tools, in the
# versions named here; prints the program's path. Flask is the one that tests/tools/flask.sh has, too.
set -euo pipefail
cd "$(dirname "$0")/../tools"
. ./lib.sh

AUTHLIB=1.9.10
FLASK=3.1.3
REQUESTS=2.34.2
home="$(cd ../.. && pwd)/target/tools/authlib-$AUTHLIB-$FLASK-$REQUESTS"
program="$home/bin/python"

if [ ! -e "$home/.complete" ]; then
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv >&2
  say "installing Authlib"
  rm -rf "$home"
  python3 -m venv "$home" >&2
  "$home/bin/pip" install --quiet --disable-pip-version-check \
    "authlib==$AUTHLIB" "flask==$FLASK" "requests==$REQUESTS" >&2
  touch "$home/.complete"
fi
echo "$program"
