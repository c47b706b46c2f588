#!/usr/bin/env bash
# Owns the program that throws made-up calls at an API as its document describes it. Installed from PyPI into
# target/tools, in the version named here; prints the program's path.
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh

VERSION=4.32.5
home="$(cd ../.. && pwd)/target/tools/schemathesis-$VERSION"
program="$home/bin/schemathesis"

if [ ! -x "$program" ]; then
  python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv >&2
  rm -rf "$home"
  python3 -m venv "$home" >&2
  "$home/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$VERSION" >&2
fi
echo "$program"
