#!/usr/bin/env bash
# Everything that proves Weald works: the checks, then the tests on both databases, then the browser.
# Each part runs even when one before it failed; the closing lines of all are shown again at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
closing=()
failed=0

part() {
    local name=$1
    shift
    echo
    echo "━━ $name"
    if "$@" 2>&1 | tee "$log/part"; then
        closing+=("passed  $name: $(tail -n 1 "$log/part")")
    else
        failed=1
        closing+=("FAILED  $name: $(tail -n 1 "$log/part")")
    fi
}

part "checks" scripts/check.sh
part "tests on SQLite" pytest -n 2 --ignore=tests/browser
part "integration tests on PostgreSQL" env TEST_DATABASE=postgresql pytest -n 2 tests/integration
part "browser journeys" pytest tests/browser

echo
echo "━━ all parts"
printf '%s\n' "${closing[@]}"
exit "$failed"
