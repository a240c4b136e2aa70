"""An upgrade stops nobody: while it runs, programs of the version before still work on the same tables.

So a migration only adds. What is not used any more goes one release later, when no program knows it; a column
that must have a value gets a default, so that programs which do not know it can still write. A migration that
cannot be so says it: STOPS = "why nobody may work meanwhile", and the operator stops Weald before it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT

VERSIONS = PROJECT / "marketplace" / "migrations" / "versions"
OF_THE_FIRST_RELEASE = "0099"
"""Up to here nobody has a version before that could go on."""
TAKES_AWAY = {"drop_column", "drop_table", "rename_table"}


def stops(source: str) -> list[str]:
    """What a migration does that programs of the version before cannot bear."""
    tree = ast.parse(source)
    if any(isinstance(node, ast.Assign) and dotted_target(node) == "STOPS" for node in tree.body):
        return []
    upgrade = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    made = set(made_here(upgrade))
    return [
        f"line {call.lineno}: {said}"
        for call in ast.walk(upgrade)
        if isinstance(call, ast.Call) and (said := what_stops(call, made))
    ]


def what_stops(call: ast.Call, made: set[str]) -> str:
    """Why a call stops others; empty when it does not. What was made a moment ago nobody else knows."""
    name, given = name_of(call), {one.arg: one.value for one in call.keywords}
    table = text_of(call.args[0]) if call.args else ""
    if name in TAKES_AWAY and table not in made:
        return f"{name}: take it away one release later, when nothing reads it"
    if name == "alter_column" and "new_column_name" in given:
        return "a column is renamed: add the new one, write both, and drop the old one a release later"
    if name == "alter_column" and is_false(given.get("nullable")):
        return "a column must have a value from now on: let the release before write it first"
    if name == "add_column" and table not in made:
        columns = [one for one in call.args if isinstance(one, ast.Call) and name_of(one) == "Column"]
        for column in columns:
            its = {one.arg: one.value for one in column.keywords}
            if is_false(its.get("nullable")) and "server_default" not in its:
                return "a new column must have a value: give it a server_default that stays"
    return ""


def made_here(upgrade: ast.FunctionDef) -> Iterator[str]:
    for call in ast.walk(upgrade):
        if isinstance(call, ast.Call) and name_of(call) == "create_table" and call.args:
            yield text_of(call.args[0])


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def text_of(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def dotted_target(node: ast.Assign) -> str:
    return getattr(node.targets[0], "id", "")


def later() -> list[Path]:
    return [one for one in sorted(VERSIONS.glob("[0-9]*.py")) if one.name[:4] > OF_THE_FIRST_RELEASE]


def test_no_migration_stops_the_programs_of_the_version_before() -> None:
    assert sorted(VERSIONS.glob("[0-9]*.py")), "there are migrations to look at"
    assert not {one.name: found for one in later() if (found := stops(one.read_text("utf-8")))}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('op.drop_column("need", "title")', True),
        ('op.drop_table("need")', True),
        ('op.rename_table("need", "want")', True),
        ('op.alter_column("need", "title", new_column_name="name")', True),
        ('need.alter_column("title", nullable=False)', True),
        ('op.add_column("need", sa.Column("size", sa.Integer(), nullable=False))', True),
        ('need.add_column(sa.Column("size", sa.Integer(), nullable=False))', True),
        ('op.add_column("need", sa.Column("size", sa.Integer(), nullable=False, server_default="0"))', False),
        ('op.add_column("need", sa.Column("size", sa.Integer(), nullable=True))', False),
        ('op.create_table("new", sa.Column("size", sa.Integer(), nullable=False))', False),
    ],
)
def test_what_stops_others_is_recognised(line: str, wrong: bool) -> None:  # noqa: FBT001  # as pytest gives it
    upgrade = f"def upgrade():\n    {line}\n"
    assert bool(stops(upgrade)) is wrong
    assert not stops(f'STOPS = "columns change places"\n{upgrade}')
