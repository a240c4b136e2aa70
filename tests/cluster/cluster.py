"""A cluster on this machine: etcd, three machines with PostgreSQL under Patroni, HAProxy and pgbouncer.

All of it runs on loopback as an unprivileged user, in a folder that goes with the test, by the very files
that `docs/operators/high-availability` gives to operators. Only what was started here is ever killed.
"""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

import psycopg
from psycopg import sql

from marketplace.core.settings import PROJECT
from tests import databases

HOST = "127.0.0.1"
MODELS = PROJECT / "docs" / "operators" / "high-availability"
OWNER, WEB = "postgres", "weald_web"
MACHINES = ("ann", "ben", "cat")
SECONDS_TO_START = 120
GLANCE = 0.2
PROGRAMS = ("etcd", "patroni", "haproxy", "pgbouncer")


class ClusterError(Exception):
    """The cluster does not do what it should; the message says what, with the logs."""


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


@dataclass
class Machine:
    """One of the machines: its name, its ports, and the Patroni that looks after its PostgreSQL."""

    name: str
    port: int
    rest_port: int
    configuration: Path
    data: Path
    patroni: "subprocess.Popen[bytes] | None" = None

    @property
    def postgres(self) -> int | None:
        """The process of its PostgreSQL; None while there is none."""
        try:
            process = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(process, 0)
        except (FileNotFoundError, NotADirectoryError, IndexError, ValueError, ProcessLookupError):
            return None
        return process


@dataclass
class Cluster:
    """All machines and what leads to them."""

    folder: Path
    password: str = field(default_factory=lambda: secrets.token_hex(12))
    machines: list[Machine] = field(default_factory=list)
    others: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    etcd_port: int = field(default_factory=free_port)
    proxy_port: int = field(default_factory=free_port)
    pooler_port: int = field(default_factory=free_port)

    def url(self, role: str = OWNER) -> str:
        """How a role reaches the database of Weald: by pgbouncer and HAProxy."""
        return f"postgresql+psycopg://{role}:{self.password}@{HOST}:{self.pooler_port}/weald"

    # ------------------------------------------------------------------ who is who
    def members(self) -> list[dict[str, object]]:
        """What the machines that answer say of the cluster."""
        for machine in self.machines:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                connection = http.client.HTTPConnection(HOST, machine.rest_port, timeout=2)
                connection.request("GET", "/cluster")
                found: list[dict[str, object]] = json.loads(connection.getresponse().read())["members"]
                return found
        return []

    def primary(self) -> Machine:
        """The machine that writes. Raises ClusterError when there is none."""
        for member in self.members():
            if member["role"] == "leader" and member["state"] == "running":
                return next(one for one in self.machines if one.name == member["name"])
        raise ClusterError(f"No machine writes: {self.members()}")

    def is_led_by_another_than(self, machine: Machine) -> bool:
        """Does another machine write?"""
        try:
            return self.primary() is not machine
        except ClusterError:
            return False

    def is_whole(self) -> bool:
        """Does one machine write, and do the others follow it, one of them in step?"""
        roles = sorted(str(member["role"]) for member in self.members() if member["state"] in RUNNING)
        return roles == ["leader", "replica", "sync_standby"]

    def wait_until(self, true: Callable[[], bool], what: str, seconds: float = SECONDS_TO_START) -> float:
        """Return, with the seconds it took, once something is so. ClusterError if it never is."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise ClusterError(f"{what} not within {seconds} seconds: {self.members()}\n{self.said()}")
            time.sleep(GLANCE)
        return time.monotonic() - began

    def said(self) -> str:
        """The last lines of every log."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(
            f"== {log.name}\n" + "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:])
            for log in logs
        )

    # ------------------------------------------------------------------ life and death
    def start(self, machine: Machine) -> None:
        """Switch a machine on; again, after it was killed."""
        machine.patroni = self.run(machine.name, "patroni", str(machine.configuration))

    def kill_machine(self, machine: Machine) -> None:
        """Cut a machine's power: Patroni and PostgreSQL are gone at the same moment."""
        self.kill_agent(machine)
        self.kill_postgres(machine)

    def kill_postgres(self, machine: Machine) -> None:
        """`kill -9` of PostgreSQL alone."""
        if (process := machine.postgres) is not None:
            os.kill(process, signal.SIGKILL)

    def kill_agent(self, machine: Machine) -> None:
        """`kill -9` of Patroni alone: PostgreSQL runs on, and nobody looks after it."""
        if machine.patroni is not None and machine.patroni.poll() is None:
            machine.patroni.kill()
            machine.patroni.wait()

    def run(self, name: str, program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a program as the unprivileged user, with a log in the folder."""
        owner = databases.unprivileged_user()
        user, group = (owner.pw_uid, owner.pw_gid) if owner else (None, None)
        path = program_of(program)
        assert path, program
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [path, *arguments],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                user=user,
                group=group,
                extra_groups=[] if owner else None,
                env={
                    "PATH": "/usr/bin:/bin",
                    "HOME": str(self.folder),
                    "LANG": "C.UTF-8",
                    "TMPDIR": str(self.folder),
                },
            )

    def write(self, name: str, model: str, /, **values: object) -> Path:
        """Fill in one of the files that operators are given."""
        text = Template((MODELS / model).read_text("utf-8"))
        path = self.folder / name
        path.write_text(text.substitute({key.upper(): value for key, value in values.items()}), "utf-8")
        return path

    def close(self) -> None:
        """Kill everything that was started here."""
        for machine in self.machines:
            self.kill_agent(machine)
            self.kill_postgres(machine)
        for one in self.others:
            one.kill()
            one.wait()


RUNNING = {"running", "streaming"}


def missing() -> list[str]:
    """Programs that a cluster needs and this machine does not have."""
    return [name for name in PROGRAMS if program_of(name) is None]


def program_of(name: str) -> str | None:
    """Where a program is. Debian keeps some off the path of people."""
    return shutil.which(name, path="/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin")


@contextmanager
def running() -> Iterator[Cluster]:
    """A cluster with an empty database, everything in step; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="weald-cluster-", dir=databases.memory()))
    cluster = Cluster(folder)
    try:
        _prepare(cluster)
        cluster.wait_until(cluster.is_whole, "The cluster was whole")
        _make_database(cluster)
        yield cluster
    finally:
        cluster.close()
        _remove(folder)


def _prepare(cluster: Cluster) -> None:
    owner = databases.unprivileged_user()
    peers, clients = f"http://{HOST}:{free_port()}", f"http://{HOST}:{cluster.etcd_port}"
    for name in MACHINES:
        data, port, rest_port = cluster.folder / name, free_port(), free_port()
        configuration = cluster.write(
            f"{name}.yml",
            "patroni.yml",
            name=name,
            host=HOST,
            port=port,
            rest_port=rest_port,
            etcd=f"{HOST}:{cluster.etcd_port}",
            programs=databases.server_programs(),
            data=data,
            # Shared memory in files of the folder: what is killed cannot give back any other
            sockets=f"{cluster.folder}\n    dynamic_shared_memory_type: mmap",
            network=f"{HOST}/32",
            password=cluster.password,
            watchdog='"off"',
        )
        cluster.machines.append(Machine(name, port, rest_port, configuration, data))
    servers = "\n    ".join(
        f"server {one.name} {HOST}:{one.port} maxconn 100 check port {one.rest_port}"
        for one in cluster.machines
    )
    proxy = cluster.write("haproxy.cfg", "haproxy.cfg", host=HOST, port=cluster.proxy_port, servers=servers)
    users = cluster.folder / "users.txt"
    users.write_text("".join(f'"{role}" "{cluster.password}"\n' for role in (OWNER, WEB)), "utf-8")
    pooler = cluster.write(
        "pgbouncer.ini",
        "pgbouncer.ini",
        host=HOST,
        port=cluster.pooler_port,
        upstream_host=HOST,
        upstream_port=cluster.proxy_port,
        users=users,
    )
    if owner:
        for path in (cluster.folder, *cluster.folder.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    cluster.others.append(
        cluster.run(
            "etcd",
            "etcd",
            *("--name", "weald", "--data-dir", str(cluster.folder / "etcd")),
            *("--listen-client-urls", clients, "--advertise-client-urls", clients),
            *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers),
            *(
                "--initial-cluster",
                f"weald={peers}",
                "--heartbeat-interval",
                "300",
                "--election-timeout",
                "3000",
            ),
        )
    )
    for machine in cluster.machines:
        cluster.start(machine)
    cluster.others.append(cluster.run("haproxy", "haproxy", "-db", "-f", str(proxy)))
    cluster.others.append(cluster.run("pgbouncer", "pgbouncer", str(pooler)))


def _make_database(cluster: Cluster) -> None:
    server = f"postgresql://{OWNER}:{cluster.password}@{HOST}:{cluster.proxy_port}/postgres"

    def made() -> bool:
        try:
            with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
                connection.execute("CREATE DATABASE weald TEMPLATE template0")
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOBYPASSRLS").format(
                        sql.Identifier(WEB), sql.Literal(cluster.password)
                    )
                )
        except psycopg.OperationalError:
            return False
        return True

    cluster.wait_until(made, "The database was made")


def _remove(folder: Path) -> None:
    """PostgreSQL's processes may still be going, and leave a file behind."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(GLANCE)


def kills(many: int) -> Sequence[str]:
    """What to kill, one after the other: the whole machine first, which is what happens."""
    return [("machine", "postgres", "agent")[place % 3] for place in range(many)]
