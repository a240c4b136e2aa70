#!/usr/bin/env bash
# Everything that proves Weald works: the checks, then the tests on both databases, then the browser.
# Each part runs even when one before it failed; the closing lines of all are shown again at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
unset PYTHONDONTWRITEBYTECODE  # dozens of programs are started; each would compile everything anew

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
closing=()
failed=0

part() {
    local name=$1 began=$SECONDS outcome=passed
    shift
    echo
    echo "━━ $name"
    if ! "$@" 2>&1 | tee "$log/part"; then
        failed=1
        outcome=FAILED
    fi
    closing+=("$outcome  $name ($((SECONDS - began)) s): $(tail -n 1 "$log/part")")
}

part "checks" scripts/check.sh
part "tests on SQLite" pytest -n 2 --ignore=tests/browser
part "integration tests on PostgreSQL" env TEST_DATABASE=postgresql pytest -n 2 tests/integration -m "not embedded"
part "browser journeys" pytest -n 2 --dist=loadfile --no-loadscope-reorder tests/browser

echo
echo "━━ all parts"
printf '%s\n' "${closing[@]}" "In all: $SECONDS s"
exit "$failed"
