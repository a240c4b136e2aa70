#!/usr/bin/env bash
# The long form of the fault tests: hundreds of kills and power cuts, real storms, both databases; then the
# other tests that try to break a promise, every action and query on PostgreSQL, and a table of all. Takes about
# half an hour, and wants the machine to itself: it measures how long answers take.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
unset PYTHONDONTWRITEBYTECODE  # dozens of programs are started; each would compile everything anew

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export WEALD_PROMISES="$folder/promises" WEALD_FAULTS=long
failed=0

part() {
    echo
    echo "━━ $1"
    shift
    "$@" || failed=1
}

part "faults on SQLite" pytest -p tests.promises -p no:randomly tests/faults
part "faults on PostgreSQL" env TEST_DATABASE=postgresql pytest -p tests.promises -p no:randomly tests/faults
part "other tests of the promises" pytest -p tests.promises --promises-only -n 2 \
    tests/unit tests/integration tests/web
part "all actions and queries on PostgreSQL" env TEST_DATABASE=postgresql pytest -n 2 -m "not embedded" tests/integration
part "promises" python -m tests.promises "$WEALD_PROMISES"
echo "In all: $SECONDS s"
exit $failed
