"""How long a large price schedule takes to be read, and how much memory: part of `make bench`.

Writes the schedule of 2,000 lines at 30 schools, with three prices a line, and reads it as an upload does.
Runs in a process of its own, so that its peak memory is its own. Targets are held against seconds of the
processor, which other work on the machine does not lengthen. Ends with 1 when a target is missed.
"""

from __future__ import annotations

import resource
import sys
import time
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from marketplace.tenders.lots.division import Division
from marketplace.tenders.lots.rules import TierBasis, TiersDraft
from marketplace.tenders.queries import ScheduleLine, ScheduleLot, SchoolVolume
from suppliers.quotes.filled_schedule import LARGEST_FILE, read_schedule
from suppliers.quotes.offers import Offer, Schedule
from suppliers.quotes.price_schedule import price_schedule

LINES, SCHOOLS = 2_000, 30
STARTS = (Decimal(10), Decimal(20))
MOST_SECONDS, MOST_MEGABYTES = 10, 500
KILOBYTES = 1024


def schedule() -> Schedule:
    """One lot of many lines that every school buys."""
    schools = [(uuid.uuid4(), f"School number {number}") for number in range(SCHOOLS)]
    lines = tuple(
        ScheduleLine(
            uuid.uuid4(),
            number,
            f"Item number {number}, described at some length",
            "each",
            tuple(SchoolVolume(school_id, name, Decimal(number)) for school_id, name in schools),
            Decimal(number * SCHOOLS),
        )
        for number in range(1, LINES + 1)
    )
    lot = ScheduleLot(uuid.uuid4(), 1, "Everything", "", lines)
    return Schedule(
        uuid.uuid4(),
        "T-2027-0001",
        "A large purchase",
        (lot,),
        (),
        datetime(2027, 1, 18, 12, tzinfo=UTC),
        Division(tiers={lot.id: TiersDraft(TierBasis.SCHOOLS, STARTS)}),
    )


def main() -> int:
    """Measure, print, and say whether the targets are met."""
    asked = schedule()
    offer = Offer(
        dict.fromkeys(asked.lines, Decimal("3.4567")), {}, dict.fromkeys(asked.tier_keys, Decimal("2.5"))
    )
    content = price_schedule(asked, offer)
    began, on_the_wall = time.process_time(), time.monotonic()
    reading = read_schedule(content, asked)
    seconds, wall = time.process_time() - began, time.monotonic() - on_the_wall
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
    is_right = not reading.problems and reading.offer == offer and len(content) < LARGEST_FILE
    print(
        f"A price schedule of {LINES:,} lines × {SCHOOLS} schools with {len(STARTS)} tiers "
        f"({len(content) / KILOBYTES:,.0f} KB) is read in {seconds:.1f} s of the processor ({wall:.1f} s), "
        f"with {megabytes:,.0f} MB at most; targets {MOST_SECONDS} s and {MOST_MEGABYTES} MB."
    )
    if not is_right:
        print("What was read is not what was written.")
    return 0 if is_right and seconds < MOST_SECONDS and megabytes < MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
