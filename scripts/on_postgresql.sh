#!/usr/bin/env bash
# What `make test` asks PostgreSQL: actions, queries and faults, and the pages as the role that a web server has.
# What is added goes to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH" TEST_DATABASE=postgresql
unset PYTHONDONTWRITEBYTECODE
exec pytest -p tests.promises -p tests.asked -n 2 -m "not embedded" \
    tests/integration tests/web/{marketplace,suppliers,invoicing,core} tests/faults "$@"
