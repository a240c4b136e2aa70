"""A process that shuts itself in, by Linux's Landlock: from then on it opens only files it was left.

What the kernel refuses, it refuses to libraries in C as well, for good and for every child. Numbers and
layouts are those of the kernel's `linux/landlock.h`; where the kernel has none of it nothing is shut.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
PR_SET_NO_NEW_PRIVS = 38
EXECUTE, READ_FILE, READ_FOLDER = 1 << 0, 1 << 2, 1 << 3
READING = EXECUTE | READ_FILE | READ_FOLDER
OF_FOLDERS = ~(EXECUTE | READ_FILE | 1 << 1 | 1 << 14 | 1 << 15)
"""What can be done in a folder and not with a file: all but to execute, read, write, shorten and steer it."""
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
MOST_FILE_RIGHTS = 16
"""How many rights over files a version of Landlock knows; from the fifth on so many."""
TCP_RIGHTS, TCP_SINCE = 0b11, 4
SCOPES, SCOPES_SINCE = 0b11, 6
"""To bind and to connect; and to reach sockets without a file, or with signals, outside the sandbox."""

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """Which version of Landlock the kernel has; 0 where it has none, or may not use it."""
    return max(0, int(_libc.syscall(CREATE_RULESET, None, 0, ASK_VERSION)))


def shut_in(*, reading: Iterable[Path], writing: Iterable[Path]) -> bool:
    """Open nothing from now on but what lies in these places, and no TCP connection (Linux 6.7 or newer).

    It holds for the thread that calls it and those it starts. A place that cannot be opened now is left out.
    False where Landlock is missing: then nothing is shut. Raises OSError.
    """
    present = version()
    if not present:
        return False
    every = (1 << FILE_RIGHTS.get(present, MOST_FILE_RIGHTS)) - 1
    ruleset = struct.pack(
        "=QQQ",
        every,
        TCP_RIGHTS if present >= TCP_SINCE else 0,
        SCOPES if present >= SCOPES_SINCE else 0,
    )
    rules = _call(CREATE_RULESET, ruleset, len(ruleset), 0)
    try:
        for place in reading:
            _allow(rules, place, READING)
        for place in writing:
            _allow(rules, place, every)
        if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise _refused()
        _call(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return True


def _allow(rules: int, place: Path, rights: int) -> None:
    try:
        opened = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        wanted = rights if place.is_dir() else rights & ~OF_FOLDERS
        _call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", wanted, opened), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: int | bytes) -> int:
    done = int(_libc.syscall(number, *arguments))
    if done < 0:
        raise _refused()
    return done


def _refused() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code))
