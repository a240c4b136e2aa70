"""Check that this machine has the programs and libraries that Weald needs; on Debian, as root, install them.

Usage: system.py run|test|cluster. Python 3.11, Node 20 and npm must be there already. Exits with 1, and the
exact command to type, when something is missing and cannot be installed from here.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/opt/homebrew/share/fonts")


@dataclass(frozen=True)
class Need:
    """One thing that must be on the machine, and where it comes from."""

    what: str
    present: Callable[[], bool]
    debian: str
    homebrew: str


def has_library(*names: str) -> bool:
    """Can one of these shared libraries be loaded?"""
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def has_font(pattern: str) -> bool:
    """Is a font file of this name installed?"""
    return any(next(Path(folder).rglob(pattern), None) for folder in FONT_FOLDERS)


def has_chromium() -> bool:
    """Is there a Chromium for the browser tests?"""
    return any(shutil.which(name) for name in ("chromium-headless-shell", "chromium", "chromium-browser"))


def has_postgresql() -> bool:
    """Are PostgreSQL's server programs there? Debian keeps them off the PATH."""
    return bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def has_clamd() -> bool:
    """Is ClamAV's daemon there? Debian keeps it with the programs of the system."""
    return bool(shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin"))


def has_fuse() -> bool:
    """Is there a library for disks of our own? Only Linux has those without a change of its system."""
    return sys.platform != "linux" or has_library("libfuse3.so.3", "libfuse.so.2")


def has_server(name: str) -> bool:
    """Is a server's program there? Debian keeps some off the PATH of people."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin") is not None


RUN = [
    Need(
        "Python's venv module",
        lambda: importlib.util.find_spec("ensurepip") is not None,
        "python3-venv",
        "python",
    ),
    Need(
        "Pango, which lays out PDFs",
        lambda: (
            has_library("libpango-1.0.so.0", "libpango-1.0.0.dylib")
            and has_library("libpangoft2-1.0.so.0", "libpangoft2-1.0.0.dylib")
        ),
        "libpango-1.0-0 libpangoft2-1.0-0",
        "pango",
    ),
    Need(
        "HarfBuzz, which shrinks the fonts in PDFs",
        lambda: has_library(
            "libharfbuzz-subset.so.0", "libharfbuzz-subset.dylib", "libharfbuzz-subset.0.dylib"
        ),
        "libharfbuzz-subset0",
        "harfbuzz",
    ),
    Need("the DejaVu fonts", lambda: has_font("DejaVuSans.ttf"), "fonts-dejavu-core", "font-dejavu"),
]
TEST = [
    *RUN,
    Need("Chromium, for the browser tests", has_chromium, "chromium-headless-shell", "chromium"),
    Need("ClamAV's daemon, for the tests of files", has_clamd, "clamav-daemon", "clamav"),
    Need("PostgreSQL, for the tests on both databases", has_postgresql, "postgresql", "postgresql"),
    Need("libfuse, for the disk whose power is cut in tests", has_fuse, "fuse3", "macfuse"),
]
CLUSTER = [
    *RUN,
    Need("PostgreSQL, whose machines are killed", has_postgresql, "postgresql", "postgresql"),
    Need("Patroni, which looks after them", lambda: has_server("patroni"), "patroni python3-etcd", "patroni"),
    Need("etcd, by which they agree who writes", lambda: has_server("etcd"), "etcd-server", "etcd"),
    Need("HAProxy, which leads to who writes", lambda: has_server("haproxy"), "haproxy", "haproxy"),
    Need("pgbouncer, which shares connections", lambda: has_server("pgbouncer"), "pgbouncer", "pgbouncer"),
]


def stop(sentence: str) -> None:
    """Say what is wrong and end with failure."""
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


def check_languages() -> None:
    """Python and Node are the two things that Weald never installs for itself."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        stop(f"Weald needs Python 3.11 or newer, this is {found}. Try: make PYTHON=python3.11")
    if not shutil.which("node") or not shutil.which("npm"):
        stop(f"Weald needs Node {OLDEST_NODE} or newer, with npm. Install both, then try again.")
    version = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < OLDEST_NODE:
        stop(f"Weald needs Node {OLDEST_NODE} or newer, this is {version}.")


def install(missing: list[Need]) -> None:
    """Install what is missing with apt-get where that can be done, or name the command and stop."""
    names = ", ".join(need.what for need in missing)
    packages = " ".join(need.debian for need in missing).split()
    if not shutil.which("apt-get"):
        brew = " ".join(need.homebrew for need in missing)
        stop(
            f"Missing on this machine: {names}.\nOn macOS type: brew install {brew}\n"
            f"Elsewhere install what Debian calls: {' '.join(packages)}"
        )
    if os.geteuid() != 0:
        stop(
            f"Missing on this machine: {names}.\n"
            f"Type: sudo apt-get update && sudo apt-get install --yes {' '.join(packages)}"
        )
    print(f"Installing {names}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quiet)
    command = ["apt-get", "install", "--yes", "--no-install-recommends", "-qq", *packages]
    subprocess.run(command, check=True, env=quiet)


def main() -> None:
    """Check what `run`, `test` or `cluster` needs, and install or name what is missing."""
    needs = {"run": RUN, "test": TEST, "cluster": CLUSTER}[sys.argv[1]]
    check_languages()
    missing = [need for need in needs if not need.present()]
    if missing:
        install(missing)
        if still := [need.what for need in missing if not need.present()]:
            stop(f"Still missing after installing: {', '.join(still)}.")


if __name__ == "__main__":
    main()
