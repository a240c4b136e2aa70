"""The code base as the architecture tests read it: every module of ours, parsed."""

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("marketplace", "suppliers", "invoicing", "demonstration")
MIGRATIONS = "marketplace/migrations/"
TEMPLATES = PROJECT / "templates"


@dataclass(frozen=True)
class Module:
    """One file of code: where it lies from the project's top, and what it says."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        """The parsed code."""
        return parse(self.text)

    def calls(self) -> Iterator[ast.Call]:
        """Every call in the module."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def place(self, node: ast.expr | ast.stmt) -> str:
        """Where a node is, for a message."""
        return f"{self.path}:{node.lineno}"


@functools.cache
def parse(text: str) -> ast.Module:
    """The tree of a module, parsed once."""
    return ast.parse(text)


@functools.cache
def modules() -> tuple[Module, ...]:
    """Every module that runs in production."""
    files = [PROJECT / "app.py", PROJECT / "known_things.py", PROJECT / "stages.py", PROJECT / "wiring.py"]
    for folder in FOLDERS:
        files += sorted((PROJECT / folder).rglob("*.py"))
    found = (Module(file.relative_to(PROJECT).as_posix(), file.read_text("utf-8")) for file in files)
    return tuple(module for module in found if not module.path.startswith(MIGRATIONS))


def dotted(node: ast.expr) -> str:
    """A name with its dots: `clock.now` for the node of clock.now; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else f".{node.attr}"
    return ""
