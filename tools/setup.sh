#!/bin/sh
# Makes .venv ready; every make target runs this first.
#
# A ready .venv costs a few milliseconds.  It is rebuilt when it is missing, was
# interrupted, has moved, has lost its Python, or differs from requirements.lock.  What
# the machine lacks is said in one sentence.  PYTHON=/path/to/python chooses the Python.
# uv installs the packages in a fraction of pip's time; pip does it wherever uv cannot.
set -eu
cd "$(dirname "$0")/.."
unset PYTHONHOME PYTHONPATH PIP_PREFIX PIP_TARGET PIP_USER UV_SYSTEM_PYTHON
needed_mb=4000
log=.venv.log
half_made=

fail() {
    printf 'Set-up stopped: %s\n' "$1" >&2
    exit 1
}

# --- Is .venv ready? ---------------------------------------------------------------

packages_key() { pwd -P && cksum <requirements.lock; }
project_key() { cksum <pyproject.toml; }
holds() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])'; }

is_ready() {
    holds .venv/.packages "$(packages_key)" || return 1
    installed=$(version_of .venv/bin/python 2>/dev/null) || return 1
    [ -z "${PYTHON:-}" ] || [ "$installed" = "$(version_of "$PYTHON" 2>/dev/null)" ]
}

# --- What does the machine have? ---------------------------------------------------

# Prints "good", "bare" (no venv module), "new", "old" or "none", and the version.
judge() {
    "$1" -c '
import sys
version = "%d.%d" % sys.version_info[:2]
if sys.version_info[:2] < (3, 11):
    print("old " + version)
elif sys.version_info[:2] > (3, 13):
    print("new " + version)
else:
    try:
        import ensurepip, venv
        print("good " + version)
    except ImportError:
        print("bare " + version)
' 2>/dev/null || echo none
}

choose_python() {
    if [ -n "${PYTHON:-}" ]; then
        set -- "$PYTHON"
    else
        set -- python3 python3.13 python3.12 python3.11
    fi
    found=none
    for python in "$@"; do
        verdict=$(judge "$python")
        case $verdict in
        good*) return ;;
        bare*) found=$verdict ;;
        *) [ "$found" != none ] || found=$verdict ;;
        esac
    done
    refuse_python "$found"
}

refuse_python() {
    version=${1#* }
    case $1 in
    bare*) fail "Python $version lacks its venv module; install it (Debian or Ubuntu: apt install python$version-venv)." ;;
    old*) fail "Python $version is too old; install Python 3.11, 3.12 or 3.13, or name one with PYTHON=/path/to/python." ;;
    new*) fail "Python $version is too new; install Python 3.11, 3.12 or 3.13, or name one with PYTHON=/path/to/python." ;;
    esac
    [ -z "${PYTHON:-}" ] ||
        fail "PYTHON=$PYTHON does not run; name a Python 3.11, 3.12 or 3.13, or leave PYTHON out."
    fail "Python was not found; install Python 3.11, 3.12 or 3.13 (Debian or Ubuntu: apt install python3 python3-venv)."
}

check_disk() {
    free_mb=$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free_mb" -ge "$needed_mb" ] ||
        fail "the packages need about $needed_mb MB of disk and $free_mb MB are free here; make room, or move this folder to a larger disk."
}

# --- One set-up at a time, and none that stops half way counts ---------------------

take_turn() {
    if ! mkdir .venv.lock 2>/dev/null; then
        [ -d .venv.lock ] ||
            fail "the folder $(pwd) cannot be written to; copy it to a folder of your own."
        other=$(cat .venv.lock/pid 2>/dev/null) || other=
        if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then
            fail "another set-up is at work in this folder (process $other); wait for it to end, then run make again."
        fi
    fi
    echo $$ >.venv.lock/pid
    trap leave EXIT
    trap 'exit 130' INT TERM HUP
    restore
}

# An environment set aside by a set-up that did not finish comes back.
restore() {
    if [ -d .venv.old ]; then
        rm -rf .venv
        mv .venv.old .venv
    fi
}

leave() {
    [ -z "$half_made" ] || rm -rf "$half_made"
    restore
    rm -rf .venv.lock
}

# --- The set-up itself -------------------------------------------------------------

# What the installer said that ran last.
last_said() {
    awk '/^== / { n = NR } { line[NR] = $0 } END { while (n++ < NR) print line[n] }' $log
}

explain() {
    said=$(last_said)
    says() { printf '%s\n' "$said" | grep -Eq "$1"; }
    if says 'No space left'; then
        fail "the disk is full; make about $needed_mb MB of room, then run make again."
    elif says 'Retrying|ConnectionError|timed out|Temporary failure'; then
        fail "the packages could not be downloaded; connect to the internet, or set PIP_NO_INDEX=1 and PIP_FIND_LINKS to a folder with their wheels, then run make again."
    elif says 'DO NOT MATCH THE HASHES'; then
        fail "a downloaded package is not the one that requirements.lock names (see $log); try again with PIP_NO_CACHE_DIR=1 or on another network."
    elif says 'No matching distribution'; then
        fail "a package has no wheel for this machine, or your wheel folder lacks it (see the end of $log); use 64-bit Linux, macOS on Apple silicon, or WSL."
    fi
    fail "the packages could not be installed; the reason is at the end of $log."
}

# Both installers unpack inside .venv: the folder for temporary files may lie on a small
# disk.
pip_install() {
    echo "== pip" >>$log
    TMPDIR=$(pwd)/.venv .venv/bin/python -m pip install --no-deps --no-input \
        --progress-bar off --disable-pip-version-check "$@" >>$log 2>&1
}

# uv does not read pip's settings, which may forbid PyPI or put another index or a proxy
# in its place.  (An extra index on this disk only adds to PyPI.)
pip_has_its_own_source() {
    .venv/bin/python -m pip config list 2>>$log |
        grep -Eq '[.](index-url|no-index|proxy)=|[.]extra-index-url=.*https?:'
}

find_uv() {
    if pip_has_its_own_source; then
        return 1
    fi
    uv=uv
    if uv --version >>$log 2>&1; then
        return
    fi
    uv=.venv/uv/bin/uv
    pip_install --retries 1 --only-binary=:all: --require-hashes \
        --target .venv/uv -r tools/installer.lock && "$uv" --version >>$log 2>&1
}

# uv leaves compiling to the first import; where Python may not store what it compiled,
# each start would compile anew.
uv_install() {
    echo "== uv" >>$log
    TMPDIR=$(pwd)/.venv "$uv" pip install --python .venv/bin/python --no-deps --no-progress \
        ${PYTHONDONTWRITEBYTECODE:+--compile-bytecode} "$@" >>$log 2>&1
}

empty_environment() {
    rm -rf .venv
    "$python" -m venv .venv >>$log 2>&1 || explain
}

install_packages() {
    set -- --only-binary=:all: --require-hashes -r requirements.lock
    step="  2/3 the packages of requirements.lock, each checked against its hash, with"
    if find_uv; then
        echo "$step uv"
        if uv_install "$@"; then
            rm -rf .venv/uv
            return
        fi
        empty_environment
    fi
    echo "$step pip"
    pip_install "$@" || explain
}

make_environment() {
    choose_python
    check_disk
    echo "Setting up .venv with Python $(version_of "$python"), once: about 3 GB, a few minutes at most (details: $log)"
    if [ -f .venv/.packages ]; then
        mv .venv .venv.old
    fi
    half_made=.venv
    echo "  1/3 an empty environment"
    : >$log
    empty_environment
    install_packages
    packages_key >.venv/.packages
    half_made=
    rm -rf .venv.old
}

add_project() {
    echo "  3/3 the course's own packages, utils and grading"
    pip_install --no-index --no-build-isolation --editable . || explain
    project_key >.venv/.project
}

if is_ready && holds .venv/.project "$(project_key)"; then
    exit 0
fi
take_turn
is_ready || make_environment
add_project
echo "Ready."
