"""Ask the Open Source Vulnerabilities database about every library that requirements.lock pins.

Exits with 1 and names what is known when something is. Where the database cannot be reached that is said, and
the exit code is 0. Only names and versions are sent, and they are public.
"""

import json
import os
import re
import sys
from http.client import HTTPException
from pathlib import Path
from urllib.request import Request, urlopen

PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SERVICE = "https://api.osv.dev/v1/querybatch"
SECONDS = 8


def pinned(lock: str) -> list[tuple[str, str]]:
    """The libraries of a lock file, each with its version."""
    return sorted(set(PINNED.findall(lock)))


def known(libraries: list[tuple[str, str]], service: str) -> dict[str, list[str]]:
    """Advisories by library and version. Raises OSError, ValueError and what else a broken answer raises."""
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in libraries
    ]
    asked = Request(  # noqa: S310  # the address is ours, or of whoever runs this
        service,
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310  # as above
        results = json.load(answer)["results"]
    if len(results) != len(queries):
        raise ValueError("The answer is not about what was asked.")
    return {
        f"{name} {version}": [one["id"] for one in result["vulns"]]
        for (name, version), result in zip(libraries, results, strict=True)
        if result.get("vulns")
    }


def main() -> int:
    """Ask, and say what came of it."""
    libraries = pinned(LOCK.read_text("utf-8"))
    try:
        weak = known(libraries, os.environ.get("OSV_SERVICE", SERVICE))
    except (OSError, ValueError, KeyError, TypeError, HTTPException) as error:
        print(f"Not audited: the database of weaknesses could not be asked ({type(error).__name__}).")
        return 0
    for library, advisories in weak.items():
        print(f"{library}: {', '.join(advisories)}")
    print(f"{len(libraries)} libraries audited, {len(weak)} with known weaknesses.")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
