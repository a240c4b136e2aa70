"""Write the list of breached passwords anew, from a file with one password a line, the commonest first.

    python scripts/breached_passwords.py xato-net-10-million-passwords-1000000.txt

The source, its licence and what the list is for are said in `marketplace/alliance/reference/README.md`.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from marketplace.alliance.breached_passwords import DIGEST_BYTES, LIST, digest
from marketplace.alliance.rules import SHORTEST_PASSWORD

COMMON_WORDS = 10_000
"""How many of the commonest are kept though they are too short to be chosen: a longer one may hide them."""


def kept(passwords: Iterable[str]) -> set[bytes]:
    """The digests of those that somebody could choose here, and of the commonest of any length."""
    return {
        digest(password)
        for place, password in enumerate(passwords)
        if place < COMMON_WORDS or len(password) >= SHORTEST_PASSWORD
    }


def main(source: Path) -> None:
    """Write the digests in order, one after the other."""
    digests = sorted(kept(source.read_text("utf-8", errors="replace").splitlines()))
    LIST.write_bytes(b"".join(digests))
    print(f"{len(digests):,} digests of {DIGEST_BYTES} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
