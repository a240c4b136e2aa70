#!/usr/bin/env bash
# Write down what each test asks PostgreSQL, with nothing kept from the tests before it, and choose from that which
# tests of actions and queries `make test` need not ask there, because others ask the same.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
TEST_STATES=anew scripts/on_postgresql.sh -q --note-asked "$folder"
.venv/bin/python -m tests.asked "$folder"
