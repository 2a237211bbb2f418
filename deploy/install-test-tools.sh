#!/bin/sh
# Install what the whole suite needs beside Python, where this machine lets us; say plainly what is missing where not.
set -eu

lacking=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
    || [ -d "/Applications/Google Chrome.app" ] || lacking="$lacking chromium"
[ ! -d /usr/share/fonts ] || [ -n "$(find /usr/share/fonts -iname '*CJK*' -print -quit)" ] || lacking="$lacking fonts-noto-cjk"
command -v initdb >/dev/null 2>&1 || [ -n "$(find /usr/lib/postgresql -name initdb -print -quit 2>/dev/null)" ] \
    || lacking="$lacking postgresql"
command -v java >/dev/null 2>&1 || lacking="$lacking default-jre-headless"
command -v mvn >/dev/null 2>&1 || lacking="$lacking maven"
[ -n "$lacking" ] || exit 0

run_as_root=""
[ "$(id -u)" = 0 ] || run_as_root="sudo -n"
if command -v apt-get >/dev/null 2>&1 && $run_as_root true 2>/dev/null; then
    echo "Installing for the tests:$lacking"
    $run_as_root apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $run_as_root apt-get install -y -qq --no-install-recommends $lacking >/dev/null && exit 0
fi
echo "Not on this machine, so the tests that need them will be skipped:$lacking" >&2
echo "  Debian/Ubuntu: sudo apt-get install$lacking     macOS: brew install maven openjdk postgresql google-chrome" >&2
