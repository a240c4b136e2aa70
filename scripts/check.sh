#!/usr/bin/env bash
# Every check that runs no test: style, types, the contracts between packages, templates, dependencies.
# All of them run, side by side, so that one look shows everything; fails if any of them did.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
failed=()
started=()

check() {
    local name=$1
    shift
    started+=("$name")
    ("$@" && touch "$log/${#started[@]}.passed") >"$log/${#started[@]}" 2>&1 &
}

check "mypy: types" mypy .
check "ruff: style" ruff check --quiet .
check "ruff: format" ruff format --check --quiet .
check "import-linter: the river's direction" lint-imports --no-logo
check "djlint: templates" djlint --quiet --lint templates
check "deptry: dependencies" deptry .
check "audit: known weaknesses of libraries" python scripts/audit.py
wait

for place in "${!started[@]}"; do
    echo "── ${started[$place]}"
    cat "$log/$((place + 1))"
    [ -e "$log/$((place + 1)).passed" ] || failed+=("${started[$place]}")
done

if ((${#failed[@]})); then
    printf 'Failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
