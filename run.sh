#!/usr/bin/env bash
# The developer's day, one command a line:
#
#   ./run.sh demo      set up, crawl the bundled newspapers offline into demo-archive/ (each time the next night)
#   ./run.sh test      set up, run the tests (arguments go to pytest)
#   ./run.sh lint      ruff
#   ./run.sh typing    mypy, strict
#   ./run.sh check     lint, typing, test
#   ./run.sh bench     the benchmarks that need no saved pages
#   ./run.sh replay    pywb, py-wacz and moto into .venv-replay, for tests/test_replay.py (skipped without them)
#   ./run.sh pins      write constraints.txt anew from what is installed
set -euo pipefail
cd "$(dirname "$0")"

venv=${NIGHTDESK_VENV:-.venv}
python=$venv/bin/python

# Installs only when pyproject.toml or a pin has changed since the last time.
set_up() {
    local want
    want=$(cat pyproject.toml constraints.txt requirements-dev.txt | sha256sum)
    [ -f "$venv/.nightdesk" ] && [ "$(cat "$venv/.nightdesk")" = "$want" ] && return
    echo "setting up $venv (a minute or two, once) …" >&2
    [ -x "$python" ] || python3 -m venv "$venv"
    if ! PIP_CONSTRAINT=$PWD/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 "$python" -m pip install --quiet \
        --editable '.[langid,render,pandas,web,dask,store]' --requirement requirements-dev.txt > "$venv/pip.log" 2>&1; then
        cat "$venv/pip.log" >&2
        exit 1
    fi
    "$python" -c 'import trafilatura, scrapy, scrapy_playwright, sqlite_utils, pytest, crawler.cli'
    echo "$want" > "$venv/.nightdesk"
}

# Programs of others that tests run: apart from ours, for they are under other licences.
set_up_replay() {
    local want other=.venv-replay
    want=$(sha256sum < tests/replay-requirements.txt)
    [ -f "$other/.nightdesk" ] && [ "$(cat "$other/.nightdesk")" = "$want" ] && return
    [ -x "$other/bin/python" ] || python3 -m venv "$other"
    PIP_DISABLE_PIP_VERSION_CHECK=1 "$other/bin/python" -m pip install --quiet \
        --requirement tests/replay-requirements.txt 2> "$other/pip.log" || { cat "$other/pip.log" >&2; exit 1; }
    echo "$want" > "$other/.nightdesk"
}

case ${1:-} in
    demo) set_up; "$venv/bin/nightdesk" demo "${2:-demo-archive}" ;;
    test) set_up; shift; "$python" -m pytest "$@" ;;
    lint) set_up; "$python" -m ruff check .; "$python" -m ruff format --check . ;;
    typing) set_up; "$python" -m mypy ;;
    replay) set_up_replay ;;
    check) "$0" lint; "$0" typing; "$0" test ;;
    bench) set_up; "$python" bench/crawl.py; "$python" bench/extraction.py tests/pages ;;
    pins) # setuptools builds the package and is not installed beside it: its pin is kept as it is
        {
            head -1 constraints.txt
            { grep '^setuptools==' constraints.txt; "$python" -m pip freeze --exclude-editable; } | LC_ALL=C sort -f
        } > constraints.new
        mv constraints.new constraints.txt
        ;;
    *) sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; exit 2 ;;
esac
