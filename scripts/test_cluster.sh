#!/usr/bin/env bash
# A cluster of three on this machine, whose writing machine is killed again and again while people work; prints
# how long nobody could write and what was lost. WEALD_CLUSTER_KILLS says how often (3). Takes a few minutes.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
unset PYTHONDONTWRITEBYTECODE

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export WEALD_PROMISES="$folder/promises" WEALD_CLUSTER=1

timeout --signal=INT 1800 pytest -p tests.promises -p no:randomly -s tests/cluster
failed=$?
python - "$WEALD_PROMISES" <<'TABLE'
import sys
from pathlib import Path
from tests import promises

for one in promises.read(Path(sys.argv[1])):
    print(f"{one.how}: {one.tries:,} tried, {one.violations:,} broken")
TABLE
exit $failed
