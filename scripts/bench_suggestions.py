"""How long suggestions take, and how much memory: `make bench`.

Makes registers of n, 2n and 4n contracts of invented schools, all in one alliance, and times what the page
does with them: pairing contracts with needs, the sweep, each suggestion's figures and each school's fit. Then
the same again from an SQLite database, with reading. Each size runs in a process of its own, so that its peak
memory is its own, and the quickest of three rounds counts. Targets are held against seconds of the processor,
which other work on the machine does not lengthen; seconds on the wall stand beside them. Ends with 1 when a
target is missed.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sqlalchemy as sa

from app import create_app
from marketplace.alliance.models import Membership, Organisation, Person, School
from marketplace.alliance.rules import MembershipKind
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.batches import collector_at_rest
from marketplace.core.db import Base, db
from marketplace.core.money import Money
from marketplace.core.policy import Kind
from marketplace.core.settings import Mode, Settings
from marketplace.needs.models import Need
from marketplace.needs.rules import Joint, NeedStatus
from marketplace.needs.suggestions import queries, rules, shown
from marketplace.needs.suggestions.pairing import Asked, Term, pair

LARGEST = 200_000
CONTRACTS_A_SCHOOL = 8
CONTRACTS_A_NEED = 20
MOST_SECONDS, MOST_MEGABYTES = 10, 1_000
TOLERANCE = 1.25  # how much above n log n a noisy machine may seem to grow
ROUNDS = 3
SEED = 20_261_122
ENDING_WITH_A_MONTH = 7  # of ten contracts


def register(size: int, seed: int = SEED) -> tuple[list[Term], list[Asked]]:
    """So many contracts, eight a school, and a need for every twentieth; most end with a month."""
    chance = random.Random(f"{seed} {size}")  # noqa: S311  # chance is seeded here, not secret
    today = clock.today()
    kinds = queries.joint_categories(today)
    terms = []
    for place in range(size):
        ends_on = today + timedelta(days=chance.randrange(-200, 1_500))
        if chance.randrange(10) < ENDING_WITH_A_MONTH:
            ends_on = ends_on.replace(day=1) - timedelta(days=1)
        school = place // CONTRACTS_A_SCHOOL
        terms.append(
            Term(
                uuid.UUID(int=chance.getrandbits(128)),
                uuid.UUID(int=school + 1),
                f"School {school:05d}",
                chance.choice(kinds),
                ends_on - timedelta(days=1_095),
                ends_on,
                Money(chance.randrange(50_000, 9_000_000)),
                chance.choice((0, 30, 60, 90)),
                chance.choice((0, 0, 3, 6)),
                chance.choice((0, 0, 12)),
                chance.choice(((), (), (12,), (12, 12))),
            )
        )
    return terms, [_need(term, chance, today) for term in terms[::CONTRACTS_A_NEED]]


def _need(term: Term, chance: random.Random, today: date) -> Asked:
    start = max(term.ends_on, today) + timedelta(days=1)
    return Asked(
        uuid.UUID(int=chance.getrandbits(128)),
        term.school_id,
        term.school,
        term.category,
        chance.choice((NeedStatus.SUBMITTED, NeedStatus.APPROVED, NeedStatus.APPROVED, NeedStatus.IN_TENDER)),
        term.ends_on,
        start,
        chance.choice((36, 36, 48)),
        Decimal(chance.randrange(1, 9_000)),
        term.annual,
        chance.choice((Joint.YES, Joint.YES, Joint.YES, Joint.NO)),
        "",
    )


def everything(suggestions: list[rules.Suggestion], today: date) -> int:
    """What every suggestion's own page works out of it, one page after another; how many fits that were."""
    fits = 0
    with collector_at_rest():
        for one in suggestions:
            shown.figures_of(one, today)
            fits += len(rules.members_fits(one)) + len(rules.others_fits(one))
    return fits


def best(work: Callable[[], list[rules.Suggestion]]) -> dict[str, Any]:
    """The quickest of some rounds, on the wall and of the processor, with what it found and peak memory."""
    rounds: list[tuple[float, float]] = []
    result: dict[str, Any] = {}
    for _ in range(ROUNDS):
        wall, processor = time.perf_counter(), time.process_time()
        found = work()
        result = {"fits": everything(found, clock.today()), "suggestions": len(found)}
        rounds.append((time.process_time() - processor, time.perf_counter() - wall))
        del found
    of_processor, on_wall = min(rounds)
    return result | {"cpu": of_processor, "wall": on_wall, "megabytes": peak()}


def by_rules(size: int) -> dict[str, Any]:
    """The rules on rows as they are read."""
    today = clock.today()
    terms, needs = register(size)
    return best(lambda: rules.suggest(pair(terms, needs, today).terms, today))


def from_database(size: int) -> dict[str, Any]:
    """What the page does, with reading from an SQLite database of that size."""

    def read_and_suggest() -> list[rules.Suggestion]:
        session = db.session()
        session.rollback()
        return queries.findings(session, alliance_id, clock.today()).suggestions

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            secret_key="x" * 40,
            database_url=f"sqlite:///{folder}/bench.sqlite",
            files_folder=Path(folder),
            mode=Mode.TEST,
        )
        with create_app(settings).app_context():
            alliance_id = store(*register(size))
            result = best(read_and_suggest)
            db.session.remove()
            db.engine.dispose()
    return result


def store(terms: list[Term], needs: list[Asked]) -> uuid.UUID:
    """Put a register and its needs in the database, all schools in one alliance; the alliance's id."""
    Base.metadata.create_all(db.engine)
    now = clock.now()
    schools = {term.school_id: term.school for term in terms}
    alliance_id, person_id = uuid.uuid4(), uuid.uuid4()
    organisations = [{"id": alliance_id, "kind": Kind.ALLIANCE, "name": "Alliance", "created_at": now}]
    organisations += [
        {"id": one, "kind": Kind.SCHOOL, "name": name, "created_at": now} for one, name in schools.items()
    ]
    person = {"id": person_id, "name": "P", "email": "p@example.org", "active": True, "created_at": now}
    with db.engine.begin() as connection:
        connection.execute(sa.insert(Organisation), organisations)
        connection.execute(sa.insert(Person), [person])
        connection.execute(sa.insert(School), [_school(one, place) for place, one in enumerate(schools)])
        connection.execute(
            sa.insert(Membership),
            [
                {
                    "id": uuid.uuid4(),
                    "alliance_id": alliance_id,
                    "school_id": one,
                    "kind": MembershipKind.FULL,
                    "joined_on": now.date(),
                }
                for one in schools
            ],
        )
        connection.execute(sa.insert(Contract), [_contract(term) for term in terms])
        connection.execute(sa.insert(Need), [_row(need, person_id) for need in needs])
    return alliance_id


def _school(school_id: uuid.UUID, place: int) -> dict[str, Any]:
    return {
        "id": school_id,
        "urn": f"{100_000 + place}",
        "phase": "Primary",
        "type": "Academy converter",
        "local_authority": "Bramshire",
        "pupils": 200,
        "postcode": "BR1 2AB",
        "easting": 300_000 + place * 7 % 300_000,
        "northing": 100_000 + place * 13 % 400_000,
    }


def _contract(term: Term) -> dict[str, Any]:
    return {
        "id": term.id,
        "school_id": term.school_id,
        "category": term.category,
        "title": "Contract",
        "supplier_name": "Supplier",
        "annual_value": term.annual,
        "starts_on": term.starts_on,
        "ends_on": term.ends_on,
        "notice_days": term.notice_days,
        "notice_months": term.notice_months,
        "renewal_months": term.renewal_months,
        "extension_months": term.extension_months,
        "runs_until": term.ends_on,
        "last_notice_on": term.ends_on,
        "registered_at": clock.now(),
    }


def _row(need: Asked, person_id: uuid.UUID) -> dict[str, Any]:
    return {
        "id": need.id,
        "reference": str(need.id),
        "school_id": need.school_id,
        "category": need.category,
        "title": "Need",
        "details": {},
        "volume": need.volume,
        "volume_unit": "units",
        "current_annual_spend": need.spend,
        "contract_ends_on": need.contract_ends_on,
        "wanted_from": need.wanted_from,
        "term_months": need.term_months,
        "joint": need.joint,
        "status": need.status,
        "posted_by": person_id,
        "posted_at": clock.now(),
    }


def peak() -> float:
    """The most memory that this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def in_a_process(size: int, way: str) -> dict[str, Any]:
    """One measurement in a process of its own."""
    run = subprocess.run(
        [sys.executable, __file__, "--size", str(size), "--one", way],
        check=True,
        capture_output=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(run.stdout)
    return result


def report(way: str, title: str, largest: int) -> bool:
    """Measure three sizes and print them; whether the targets were kept."""
    print(f"\n{title}")
    print(
        f"{'contracts':>10} {'schools':>8} {'found':>7} {'on wall':>8} {'of CPU':>8} {'peak MB':>8}  growth"
    )
    kept, before = True, None
    for size in (largest // 4, largest // 2, largest):
        result = in_a_process(size, way)
        growth = ""
        if before:
            seconds = result["cpu"] / before["cpu"]
            expected = 2 * math.log(size) / math.log(size // 2)
            growth = f"x{seconds:.2f}, n log n x{expected:.2f}, ratio {seconds / expected:.2f}"
            kept &= seconds / expected <= TOLERANCE
        print(
            f"{size:>10,} {size // CONTRACTS_A_SCHOOL:>8,} {result['suggestions']:>7,} "
            f"{result['wall']:>8.2f} {result['cpu']:>8.2f} {result['megabytes']:>8.0f}  {growth}",
            flush=True,
        )
        before = result
        kept &= result["cpu"] < MOST_SECONDS and result["megabytes"] < MOST_MEGABYTES
    return kept


def main() -> int:
    """Measure and print; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=LARGEST, help="the largest number of contracts")
    parser.add_argument("--one", choices=("rules", "database"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        measure = by_rules if chosen.one == "rules" else from_database
        print(json.dumps(measure(chosen.size)))
        return 0
    kept = report("rules", "The rules, on rows as they are read", chosen.size)
    kept &= report("database", "With reading from SQLite", chosen.size)
    print(
        f"\nTargets: under {MOST_SECONDS} s of CPU and {MOST_MEGABYTES} MB at {chosen.size:,} contracts, "
        f"growing no worse than n log n (by a factor of {TOLERANCE} for noise): "
        f"{'kept' if kept else 'MISSED'}. Seed {SEED}."
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
