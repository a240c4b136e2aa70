#!/usr/bin/env bash
# Every check that runs no test: style, types, the contracts between packages, templates, dependencies.
# All of them run, so that one look shows everything; fails if any of them did.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

failed=()
check() {
    local name=$1
    shift
    echo "── $name"
    "$@" || failed+=("$name")
}

check "ruff: style" ruff check --quiet .
check "ruff: format" ruff format --check --quiet .
check "mypy: types" mypy .
check "import-linter: the river's direction" lint-imports --no-logo
check "djlint: templates" djlint --quiet --lint templates
check "deptry: dependencies" deptry .

if ((${#failed[@]})); then
    printf 'Failed: %s\n' "${failed[@]}" >&2
    exit 1
fi
