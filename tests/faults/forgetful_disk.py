"""A disk that forgets what was not synced when its power is cut, and that can be full.

What programs write is kept apart from what would survive: a file's bytes survive once the file is synced, a
name once its folder is. A cut keeps none of the rest, or any part of it that chance picks, in blocks, as a
real disk may have written them in any order; of what happened to names in a folder it keeps the beginning.

`Disk` is what a test sees. The disk itself is a process of its own, mounted by FUSE; it is told what to do
on its standard input. It keeps everything in memory, and what survives a cut in the folder it was given.
"""

import contextlib
import errno
import json
import os
import random
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from marketplace.core.settings import PROJECT

try:
    import mfusepy
except OSError:  # there is no libfuse on this machine
    mfusepy = None

BLOCK = 4096
SECONDS_TO_MOUNT = 20
GLANCE = 0.02
NO_LIBRARY = "There is no libfuse on this machine (Debian: fuse3)."
NO_DEVICE = "There is no /dev/fuse on this machine that we may use."
ENDLESS = 1 << 40


def why_not() -> str:
    """Why no such disk can be had here; blank when it can, as far as one can tell without mounting it."""
    if mfusepy is None:
        return NO_LIBRARY
    return "" if os.access("/dev/fuse", os.R_OK | os.W_OK) else NO_DEVICE


class NoDisk(Exception):
    """The disk could not be mounted; the message says what was seen."""


@dataclass
class FileNode:
    """A file: what programs see of it, what is on the disk for certain, and what was written since."""

    mode: int
    data: bytearray = field(default_factory=bytearray)
    synced: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """Bytes at an offset, or a length that the file was cut to or filled up to (None)."""

    def write(self, offset: int, written: bytes) -> None:
        """Write, and remember what is not synced yet."""
        self.pending.append((offset, written))
        _apply(self.data, offset, written)

    def resize(self, length: int) -> None:
        """Cut the file, or fill it up with zeros."""
        self.pending.append((length, None))
        _apply(self.data, length, None)

    def sync(self) -> None:
        """What was written is on the disk."""
        for offset, written in self.pending:
            _apply(self.synced, offset, written)
        self.pending.clear()

    def after_a_cut(self, chance: random.Random | None) -> bytes:
        """What is left: what was synced, and with chance some blocks of the rest."""
        left = bytearray(self.synced)
        for offset, written in self.pending if chance else ():
            assert chance
            if written is None:
                if chance.random() < HALF:
                    _apply(left, offset, None)
                continue
            for start in range(0, len(written), BLOCK):
                if chance.random() < HALF:
                    _apply(left, offset + start, written[start : start + BLOCK])
        return bytes(left)


HALF = 0.5


def _apply(data: bytearray, offset: int, written: bytes | None) -> None:
    end = offset if written is None else offset + len(written)
    if written is None and len(data) > end:
        del data[end:]
    if len(data) < end:
        data.extend(bytes(end - len(data)))
    if written is not None:
        data[offset:end] = written


@dataclass
class FolderNode:
    """A folder: the names that programs see, those that are on the disk, and what happened since."""

    mode: int = 0o755
    names: dict[str, "FileNode | FolderNode"] = field(default_factory=dict)
    synced: dict[str, "FileNode | FolderNode"] = field(default_factory=dict)
    pending: list[tuple[str, "FileNode | FolderNode | None"]] = field(default_factory=list)

    def put(self, name: str, node: "FileNode | FolderNode | None") -> None:
        """Give a name to something, or take it away (None)."""
        self.pending.append((name, node))
        _name(self.names, name, node)

    def sync(self) -> None:
        """The names are on the disk."""
        self.synced = dict(self.names)
        self.pending.clear()

    def after_a_cut(self, chance: random.Random | None) -> dict[str, "FileNode | FolderNode"]:
        """The names that are left: those that were synced, and with chance the first of the later ones."""
        left = dict(self.synced)
        for name, node in self.pending[: chance.randint(0, len(self.pending))] if chance else ():
            _name(left, name, node)
        return left


def _name(names: "dict[str, FileNode | FolderNode]", name: str, node: "FileNode | FolderNode | None") -> None:
    if node is None:
        names.pop(name, None)
    else:
        names[name] = node


class Disk:
    """A mounted disk, as a test sees it."""

    def __init__(self, image: Path) -> None:
        self.image = image
        self.mounted_at = Path(tempfile.mkdtemp(prefix="weald-disk-"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.forgetful_disk", str(image), str(self.mounted_at)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._wait_until_mounted()

    def cut(self, seed: int | None) -> None:
        """Cut the power: from now on everything fails. The image holds what is left; see `after_a_cut`."""
        self._tell(cut=seed)

    def leave_room(self, room: int | None) -> None:
        """Be full after so many more bytes; None gives all the room back."""
        self._tell(room=room)

    def save(self) -> None:
        """Write everything to the image as it is, synced or not: the disk is put away in good order."""
        self._tell(save=True)

    def close(self) -> None:
        """Unmount it, whoever still has files open."""
        subprocess.run(["umount", "-l", str(self.mounted_at)], capture_output=True, check=False)
        self._process.kill()
        self._process.communicate()
        with contextlib.suppress(OSError):
            self.mounted_at.rmdir()

    def _tell(self, **what: Any) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline().strip() == "done"

    def _wait_until_mounted(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_MOUNT
        while not os.path.ismount(self.mounted_at):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                said = self._process.communicate()[1].strip().splitlines()
                self.mounted_at.rmdir()
                raise NoDisk(f"A FUSE disk could not be mounted: {said[-1] if said else 'nothing was said'}")
            time.sleep(GLANCE)


class _Operations(mfusepy.Operations if mfusepy else object):  # type: ignore[misc]  # it ships no such base
    """What the kernel asks of the disk."""

    use_ns = True

    def __init__(self, image: Path) -> None:
        self.image = image
        self.root = _load(image)
        self.turn = threading.Lock()
        self.dead = False
        self.room = ENDLESS
        self.opened: dict[int, FileNode] = {}
        self.serial = 0

    # ---------------------------------------------------------------- what the test asks
    def told(self, what: dict[str, Any]) -> None:
        """Do what a test asks for."""
        with self.turn:
            if "cut" in what:
                self.dead = True
                chance = None if what["cut"] is None else random.Random(what["cut"])
                _store(self.root, self.image, chance, cut=True)
            elif "save" in what:
                _store(self.root, self.image, None, cut=False)
            else:
                self.room = ENDLESS if what["room"] is None else what["room"]

    # ---------------------------------------------------------------- what the kernel asks
    def _find(self, path: str) -> FileNode | FolderNode:
        if self.dead:
            raise mfusepy.FuseOSError(errno.EIO)
        node: FileNode | FolderNode | None = self.root
        for part in PurePosixPath(path).parts[1:]:
            node = node.names.get(part) if isinstance(node, FolderNode) else None
        if node is None:
            raise mfusepy.FuseOSError(errno.ENOENT)
        return node

    def _folder_of(self, path: str) -> tuple[FolderNode, str]:
        where = PurePosixPath(path)
        folder = self._find(str(where.parent))
        assert isinstance(folder, FolderNode)
        return folder, where.name

    def _file(self, path: str, handle: int | None) -> FileNode:
        if self.dead:
            raise mfusepy.FuseOSError(errno.EIO)
        node = self.opened.get(handle) if handle else None
        node = node or self._find(path)  # type: ignore[assignment]  # a file, or the kernel would not ask
        assert isinstance(node, FileNode)
        return node

    def _open(self, node: FileNode) -> int:
        self.serial += 1
        self.opened[self.serial] = node
        return self.serial

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        with self.turn:
            node = (self.opened.get(fh) if fh and not self.dead else None) or self._find(path)
            now = time.time_ns()
            kind, size = (
                (stat.S_IFREG, len(node.data)) if isinstance(node, FileNode) else (stat.S_IFDIR, BLOCK)
            )
            about = {
                "st_mode": kind | node.mode,
                "st_size": size,
                "st_nlink": 1,
                "st_blocks": -(-size // 512),
            }
            return {**about, "st_mtime": now, "st_atime": now, "st_ctime": now, "st_uid": os.getuid()}

    def readdir(self, path: str, fh: int) -> list[str]:  # noqa: ARG002
        with self.turn:
            node = self._find(path)
            assert isinstance(node, FolderNode)
            return [".", "..", *node.names]

    def mkdir(self, path: str, mode: int) -> int:
        with self.turn:
            folder, name = self._folder_of(path)
            folder.put(name, FolderNode(mode))
            return 0

    def create(self, path: str, mode: int, fi: Any = None) -> int:  # noqa: ARG002
        with self.turn:
            folder, name = self._folder_of(path)
            node = FileNode(mode)
            folder.put(name, node)
            return self._open(node)

    def open(self, path: str, flags: int) -> int:
        with self.turn:
            node = self._file(path, None)
            if flags & os.O_TRUNC:
                node.resize(0)
            return self._open(node)

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        with self.turn:
            return bytes(self._file(path, fh).data[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        with self.turn:
            node = self._file(path, fh)
            more = offset + len(data) - len(node.data)
            if more > 0:
                if more > self.room:
                    raise mfusepy.FuseOSError(errno.ENOSPC)
                self.room -= more
            node.write(offset, bytes(data))
            return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        with self.turn:
            node = self._file(path, fh)
            self.room += max(0, len(node.data) - length)
            node.resize(length)
            return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002
        with self.turn:
            self._file(path, fh).sync()
            return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:  # noqa: ARG002
        with self.turn:
            node = self._find(path)
            node.sync()
            return 0

    def release(self, path: str, fh: int) -> int:  # noqa: ARG002
        with self.turn:
            self.opened.pop(fh, None)
            return 0

    def unlink(self, path: str) -> int:
        with self.turn:
            folder, name = self._folder_of(path)
            gone = folder.names.get(name)
            if isinstance(gone, FileNode):
                self.room += len(gone.data)
            folder.put(name, None)
            return 0

    def rmdir(self, path: str) -> int:
        with self.turn:
            folder, name = self._folder_of(path)
            folder.put(name, None)
            return 0

    def rename(self, old: str, new: str) -> int:
        with self.turn:
            node = self._find(old)
            folder, name = self._folder_of(new)
            folder.put(name, node)
            folder, name = self._folder_of(old)
            folder.put(name, None)
            return 0

    def chmod(self, path: str, mode: int) -> int:
        with self.turn:
            self._find(path).mode = stat.S_IMODE(mode)
            return 0

    def chown(self, path: str, uid: int, gid: int) -> int:  # noqa: ARG002
        return 0

    def utimens(self, path: str, times: Any = None) -> int:  # noqa: ARG002
        return 0

    def statfs(self, path: str) -> dict[str, int]:  # noqa: ARG002
        free = max(0, self.room) // BLOCK
        return {"f_bsize": BLOCK, "f_frsize": BLOCK, "f_blocks": free, "f_bfree": free, "f_bavail": free}


def _load(image: Path) -> FolderNode:
    """The disk as its image holds it, all of it synced."""
    folder = FolderNode()
    for entry in sorted(image.iterdir()):
        if entry.is_dir():
            node: FileNode | FolderNode = _load(entry)
        else:
            content = entry.read_bytes()
            node = FileNode(0o644, bytearray(content), bytearray(content))
        folder.put(entry.name, node)
    folder.sync()
    return folder


def _store(folder: FolderNode, image: Path, chance: random.Random | None, *, cut: bool) -> None:
    """Write the disk into its image: as it is, or what a cut leaves of it."""
    names = folder.after_a_cut(chance) if cut else folder.names
    for entry in image.iterdir():
        if entry.name not in names:
            _remove(entry)
    for name, node in names.items():
        if isinstance(node, FolderNode):
            (image / name).mkdir(exist_ok=True)
            _store(node, image / name, chance, cut=cut)
        else:
            (image / name).write_bytes(node.after_a_cut(chance) if cut else node.data)


def _remove(entry: Path) -> None:
    if entry.is_dir():
        for one in entry.iterdir():
            _remove(one)
        entry.rmdir()
    else:
        entry.unlink()


def _listen(disk: _Operations) -> None:
    for line in sys.stdin:
        disk.told(json.loads(line))
        print("done", flush=True)  # noqa: T201  # the test waits for it


def disks(image: Path) -> Iterator[Disk]:
    """The disk of an image, mounted; unmounted afterwards. Raises NoDisk."""
    disk = Disk(image)
    try:
        yield disk
    finally:
        disk.close()


mounted = contextlib.contextmanager(disks)


def main() -> None:
    """Be the disk, until unmounted."""
    image, where = map(Path, sys.argv[1:])
    disk = _Operations(image)
    threading.Thread(target=_listen, args=(disk,), daemon=True).start()
    mfusepy.FUSE(disk, str(where), foreground=True, nothreads=True, fsname="weald-forgetful")


if __name__ == "__main__":
    main()
