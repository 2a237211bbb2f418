#!/bin/sh
# Make .venv and install what the given lock names: `sh deploy/install.sh requirements.lock`. Does nothing where that is done.
set -eu
cd "$(dirname "$0")/.."
lock=$1

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 && is_new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Yushao needs Python 3.11 or later, and none was found. 需要 Python 3.11 以上。" >&2
    echo "  Debian/Ubuntu: apt-get install python3 python3-venv     macOS: brew install python" >&2
    exit 1
}

if [ ! -x .venv/bin/python ] || ! is_new_enough .venv/bin/python; then
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "Python's venv module is missing. 缺少 venv 模块。  Debian/Ubuntu: apt-get install python3-venv" >&2
        exit 1
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi

stamp_of() { cat "$1" pyproject.toml | cksum; }
is_installed() { [ "$(cat ".venv/.installed-$1" 2>/dev/null)" = "$(stamp_of "$1")" ]; }

# The development lock contains the other.
if is_installed "$lock" || is_installed requirements-dev.lock; then
    exit 0
fi

echo "Installing into .venv (about a minute the first time) … 正在安装依赖"
# The locks are complete, so nothing is left to resolve; a hash that differs stops the installation.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
stamp_of "$lock" > ".venv/.installed-$lock"
