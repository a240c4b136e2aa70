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
    part "pages, actions and faults on PostgreSQL" scripts/on_postgresql.sh --nothing-twice
}

set -m  # a group of its own, to which Ctrl-C is handed on
second_lane >"$log/second" 2>&1 &
second=$!
set +m
trap 'kill -INT -- "-$second"; wait; exit 130' INT

# The pages of the three stages are asked on PostgreSQL; here the census opens them all
part "tests on SQLite" pytest -p tests.promises -n 2 --ignore=tests/browser \
    --ignore=tests/web/{marketplace,suppliers,invoicing}
wait
part "browser journeys" pytest -n 2 --dist=loadfile --no-loadscope-reorder tests/browser
cat "$log/second"
part "promises" python -m tests.promises "$WEALD_PROMISES"

echo
echo "━━ all parts"
cat "$log/closing"
echo "In all: $SECONDS s"
! grep -q ^FAILED "$log/closing" && [ "$(wc -l <"$log/closing")" = 5 ]
