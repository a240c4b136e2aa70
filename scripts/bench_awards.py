"""How long the best award of a joint tender takes to prove: `make bench`.

Each problem of `tests/fixtures/award` is solved as `flask calc award` solves it, ties and re-pricing
included, in a process of its own. Its cost must be the known optimum. Targets are held against seconds of
the processor, which other work on the machine does not lengthen; seconds on the wall stand beside them.
Ends with 1 when a target is missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from marketplace.core import json_files
from suppliers.awards import award_files, optimum

FIXTURES = ROOT / "tests" / "fixtures" / "award"
MOST_SECONDS = {
    "school_s4_l3_k8_o_seed1": 2.0,
    "school_s8_l6_k30_o_seed3": 2.0,
    "school_s12_l10_k60_o_seed6": 15.0,
}


def measure(name: str) -> bool:
    """Solve one problem and print how that went; was it right and in time?"""
    wall, processor = time.perf_counter(), time.process_time()
    outcome = optimum.solve(award_files.read(json_files.read(FIXTURES / f"{name}.json")))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    known = json.loads((FIXTURES / f"{name}.expected.json").read_text("utf-8"))["optimal_pence"]
    cost = outcome.priced.cost if outcome.priced else None
    right = cost == outcome.bound == known
    print(
        f"{name}: {cost} pence, {'the known optimum' if right else f'NOT the known {known}'}; "
        f"{processor:.2f} s of the processor of {MOST_SECONDS[name]:.0f}, {wall:.2f} s on the wall"
    )
    return right and processor <= MOST_SECONDS[name]


def main() -> int:
    """Measure every problem; 1 when one is wrong or late."""
    if len(sys.argv) > 1:
        return 0 if measure(sys.argv[1]) else 1
    ended = [subprocess.run([sys.executable, __file__, name], check=False) for name in MOST_SECONDS]
    return max(one.returncode for one in ended)


if __name__ == "__main__":
    sys.exit(main())
