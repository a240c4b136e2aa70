#!/usr/bin/env bash
# Everything that proves Weald works: the tests on SQLite, and beside them the checks and the tests on PostgreSQL;
# then the browser, alone, because it draws a picture before each press of a button, and waits for its turn each
# time. What the first lane says is seen at once, what the second says when it has ended; then a table of the
# promises, how often tests tried to break each, and how often one did. The closing lines of all are shown again
# at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
unset PYTHONDONTWRITEBYTECODE  # dozens of programs are started; each would compile everything anew

log=$(mktemp -d)
export WEALD_PROMISES="$log/promises"  # what tests tried in order to break the ten promises
trap 'rm -rf "$log"' EXIT

# Asked on PostgreSQL, as the role that a web server has; on SQLite the census and the browser go through all pages
pages=(tests/web/marketplace tests/web/suppliers tests/web/invoicing)

part() {
    local name=$1 began=$SECONDS outcome=passed said
    said=$(mktemp -p "$log")
    shift
    echo
    echo "━━ $name"
    "$@" 2>&1 | tee "$said" || outcome=FAILED
    echo "$outcome  $name ($((SECONDS - began)) s): $(tail -n 1 "$said")" >>"$log/closing"
}

second_lane() {
    part "checks" scripts/check.sh
    part "pages, actions and faults on PostgreSQL" env TEST_DATABASE=postgresql pytest -p tests.promises -n 2 \
        tests/integration "${pages[@]}" tests/web/core tests/faults -m "not embedded"
}

set -m  # a group of its own, to which Ctrl-C is handed on
second_lane >"$log/second" 2>&1 &
second=$!
set +m
trap 'kill -INT -- "-$second"; wait; exit 130' INT

part "tests on SQLite" pytest -p tests.promises -n 2 --ignore=tests/browser "${pages[@]/#/--ignore=}"
wait
part "browser journeys" pytest -n 2 --dist=loadfile --no-loadscope-reorder tests/browser
cat "$log/second"
part "promises" python -m tests.promises "$WEALD_PROMISES"

echo
echo "━━ all parts"
cat "$log/closing"
echo "In all: $SECONDS s"
! grep -q ^FAILED "$log/closing" && [ "$(wc -l <"$log/closing")" = 5 ]
