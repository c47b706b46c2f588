#!/usr/bin/env bash
# Owns the JavaScript packages of one folder: exactly what its package-lock.json names, installed once per lock
# file. Never changes the lock file.
# Usage: packages.sh tests/browser | tests/snippets | tests/relying-parties | tests/bench/openid | openapi/typescript
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/tools/lib.sh

PATH="$(tests/tools/node.sh):$PATH"
cd "$1"
done_for=node_modules/.installed-lock.json
if cmp -s package-lock.json "$done_for"; then exit; fi
say "installing the packages of $1"
npm ci --no-progress --loglevel=error >&2 </dev/null
cp package-lock.json "$done_for"
