"""`kill -9` of the machine that writes, while quotes are submitted and invoices posted."""

import os
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import flask_migrate

from app import create_app
from marketplace.core import walls
from marketplace.core.db import db
from marketplace.core.settings import Mode, Settings
from tests.cluster.cluster import WEB, Cluster, ClusterError, Machine, kills
from tests.faults.audit import audit
from tests.faults.customers import Journal, Scene, at_work, scene
from tests.faults.house import House, opened
from tests.faults.nursery import Nursery
from tests.promises import Tally

SECRET = "of-the-cluster-test-" * 3
KILLS = int(os.environ.get("WEALD_CLUSTER_KILLS", "3"))
MOST_SECONDS_WITHOUT_WRITING = 60.0
MOST_SECONDS_TO_WAIT = 150.0
MOMENTS_BEFORE_A_KILL = 20
MOST_TO_SAY = 10_000
KNOWN = "request.unavailable"
GLANCE = 0.02


@dataclass(frozen=True)
class Reached:
    """The database as web server and worker reach it: by pgbouncer and HAProxy, with a role of their own."""

    url: str


def acknowledged(journal: Journal) -> int:
    """How many things somebody was told are done."""
    return len(journal.quotes) + len(journal.invoices) + len(journal.payments)


class Watch:
    """When something new was acknowledged, again and again: how long nobody could write shows in the gaps."""

    def __init__(self, house: House, journal: Journal) -> None:
        self.house, self.journal = house, journal
        self.moments: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _look(self) -> None:
        known = 0
        while not self._stopping.wait(GLANCE):
            if (now := acknowledged(self.journal)) > known:
                known = now
                self.moments.append(time.monotonic())

    def wait_for(self, more: int) -> None:
        """Return once so many more moments have come. ClusterError when they do not."""
        wanted, began = len(self.moments) + more, time.monotonic()
        while len(self.moments) < wanted:
            if self.journal.wrong or time.monotonic() - began > MOST_SECONDS_TO_WAIT:
                said = "\n".join(line for line in self.house.said("web").splitlines() if KNOWN not in line)
                said = said[-MOST_TO_SAY:]
                raise ClusterError(f"Nobody writes any more: {self.journal.wrong}\n{said}")
            time.sleep(GLANCE)

    def longest_gap_since(self, moment: float) -> float:
        """The longest time without anything new, from a moment until the last one seen."""
        seen = [moment, *(one for one in self.moments if one > moment)]
        return max((later - earlier for earlier, later in pairwise(seen)), default=0.0)


def kill(cluster: Cluster, what: str) -> Machine:
    """Kill what writes at present."""
    primary = cluster.primary()
    {"machine": cluster.kill_machine, "postgres": cluster.kill_postgres, "agent": cluster.kill_agent}[what](
        primary
    )
    return primary


def mend(cluster: Cluster, machine: Machine) -> None:
    """What was killed stays dead until another machine writes; then it is switched on, and joins again.

    PostgreSQL alone is started again by its Patroni, sooner than another machine could take over.
    """
    if machine.patroni is not None and machine.patroni.poll() is not None:
        cluster.wait_until(lambda: cluster.is_led_by_another_than(machine), "Another machine took over")
        cluster.start(machine)
    cluster.wait_until(cluster.is_whole, "The cluster was whole again")


def prepared(cluster: Cluster, folder: Path) -> tuple[Settings, Scene]:
    """An installation on the cluster with something to work on, made by its owner by way of pgbouncer too."""
    settings = Settings(
        secret_key=SECRET,
        database_url=cluster.url(),
        database_pooler="transaction",
        files_folder=folder / "files",
        mode=Mode.TEST,
        passphrase_memory_kib=32,
        passphrase_passes=1,
    )
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as owner:
            walls.grant(owner, WEB)
        work = scene(app, bidders=2, schools=2)
        db.session.remove()
        db.engine.dispose()
    return settings, work


def test_whatever_machine_dies_nothing_acknowledged_is_lost_and_work_goes_on_within_a_minute(
    cluster: Cluster, nursery: Nursery, own_folder: Path, tally: Tally
) -> None:
    settings, work = prepared(cluster, own_folder)
    app = create_app(settings)
    journal = Journal(outages=True)
    stood: list[float] = []
    with opened(
        nursery,
        app,
        Reached(cluster.url(WEB)),  # type: ignore[arg-type]  # only its address is asked for
        own_folder,
        data=own_folder / "data",
        DATABASE_POOLER="transaction",
        WEB_CONCURRENCY="2",
    ) as house:
        house.open_web()
        house.open_worker()
        house.wait_until_it_answers()
        with at_work(work.customers(house, journal)), Watch(house, journal) as watch:
            for what in kills(KILLS):
                watch.wait_for(MOMENTS_BEFORE_A_KILL)
                before, killed_at = acknowledged(journal), time.monotonic()
                machine = kill(cluster, what)
                mend(cluster, machine)
                watch.wait_for(MOMENTS_BEFORE_A_KILL)
                stood.append(watch.longest_gap_since(killed_at))
                print(  # noqa: T201  # figures for whoever runs it
                    f"kill -9 of {what:<9} ({machine.name}): {stood[-1]:5.1f} s without writing, "
                    f"{before:,} acknowledged before, {cluster.primary().name} writes now",
                    flush=True,
                )
        house.kill_worker()
        house.wait_until_it_answers()
        found = audit(house, journal)
    late = sum(seconds > MOST_SECONDS_WITHOUT_WRITING for seconds in stood)
    how = f"{len(stood)} kills (-9) of what writes in a cluster of three"
    tally(2, f"{how}: acknowledged quotes", tries=found.quotes, violations=len(found.lost_quotes))
    tally(4, f"{how}: acknowledged postings", tries=found.postings, violations=len(found.half_posted))
    tally(6, f"{how}: numbers given", tries=found.numbers, violations=len(found.wrong_numbers))
    tally(11, f"{how}: writing resumed within 60 s", tries=len(stood), violations=late + len(journal.wrong))
    print(  # noqa: T201  # as above
        f"In all {acknowledged(journal):,} acknowledged ({found.quotes:,} quotes, "
        f"{found.postings:,} invoices and payments), {len(found.all)} lost or half done; "
        f"longest without writing {max(stood):.1f} s; told to try again {journal.told:,} times"
    )
    assert not [*journal.wrong, *found.all]
    assert not late, stood
