#!/usr/bin/env bash
# Owns the programs and fonts that tests need from the operating system: PostgreSQL's server, Chromium, fonts for
# Chinese and emoji, and the languages of copied code. Looks for the thing itself, so that any origin of it counts; installs Debian's
# packages for what is missing; starts and configures nothing.
# Usage: system.sh [postgresql] [chromium] [fonts] [php] [go] [curl] [openssl]     (all when none is named)
set -euo pipefail
cd "$(dirname "$0")"
. ./lib.sh

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
# Without the windows, menus and helpers of a whole browser, which nobody sees here: half of the time of a test.
has_chromium() { command -v chromium-headless-shell >/dev/null; }
has_font() { command -v fc-list >/dev/null && [ -n "$(fc-list ":lang=$1" family)" ]; }
has_fonts() { has_font zh-cn && has_font und-zsye; }
has_php() { command -v php >/dev/null && php -r 'exit(function_exists("curl_init") ? 0 : 1);'; }
has_go() { command -v go >/dev/null; }
# 7.82 is the first with --json.
has_curl() { command -v curl >/dev/null && curl --help all | grep -q -e '--json'; }
has_openssl() { command -v openssl >/dev/null; }

packages_of() {
  case $1 in
    postgresql | curl | openssl) echo "$1" ;;
    chromium) echo chromium-headless-shell ;;
    php) echo php-cli php-curl ;;
    go) echo golang-go ;;
    fonts) echo fontconfig fonts-noto-cjk fonts-noto-color-emoji ;;
    *) say "unknown: $1" && return 1 ;;
  esac
}

[ $# -gt 0 ] || set -- postgresql chromium fonts php go curl openssl
missing=()
for need in "$@"; do
  packages=$(packages_of "$need")
  "has_$need" || read -ra missing <<<"${missing[*]} $packages"
done
[ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
for need in "$@"; do
  "has_$need" || { say "$need is still missing after the installation" && exit 1; }
done
