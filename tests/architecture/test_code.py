"""The rules of the house that a reading of the code can check."""

import ast
import re

from marketplace.core.policy import POLICY, Act
from marketplace.core.sentences import SENTENCES
from tests.architecture.source import PROJECT, dotted, modules

MONEY = "marketplace.core.money"
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "services", "service", "misc"}
LONGEST_MODULE = 400
ANOTHER_PROGRAM = "demonstration/fake_stripe/"  # stands for somebody else's server, with a clock of its own
NOW = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time|func\.(now|current_timestamp))$"
)


def test_there_is_one_commit_in_the_house() -> None:
    commits = [
        module.path
        for module in modules()
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert commits == ["marketplace/core/db.py"]


def test_only_the_clock_asks_what_time_it_is() -> None:
    asked = [
        module.place(call)
        for module in modules()
        if module.path != "marketplace/core/clock.py" and not module.path.startswith(ANOTHER_PROGRAM)
        for call in module.calls()
        if NOW.search(dotted(call.func))
    ]
    assert not asked


def test_only_the_demonstration_and_tests_travel_in_time() -> None:
    travellers = {
        module.path
        for module in modules()
        for call in module.calls()
        if dotted(call.func).rpartition(".")[2] == "travelling"
    }
    assert all(path.startswith("demonstration/") for path in travellers)


def test_no_float_comes_near_money() -> None:
    found = []
    for module in modules():
        if MONEY not in module.text and module.path != "marketplace/core/money.py":
            continue
        for node in ast.walk(module.tree):
            named = isinstance(node, ast.Name) and node.id in {"float", "Float", "Numeric"}
            if named or (isinstance(node, ast.Constant) and isinstance(node.value, float)):
                found.append(f"{module.path}:{getattr(node, 'lineno', '')}")
    assert not found


def test_every_act_has_a_permission_and_every_permission_an_act() -> None:
    assert set(POLICY) == set(Act)
    assert all(permission.roles for permission in POLICY.values())


def test_every_act_is_told_in_a_sentence_once_it_is_done() -> None:
    """A school reads the record of what was done with its data: see `marketplace/core/sentences`."""
    assert set(SENTENCES) == set(Act)
    assert not [words for words in SENTENCES.values() if words.endswith(".") or "'" in words]


def test_every_act_is_recorded_by_something_that_people_can_do() -> None:
    recorded = {
        dotted(argument).removeprefix("policy.")
        for module in modules()
        for call in module.calls()
        if dotted(call.func).rpartition(".")[2] in {"record", "require"}
        for argument in ast.walk(call)
        if isinstance(argument, ast.Attribute)
    }
    assert not [act.name for act in Act if f"Act.{act.name}" not in recorded]


def reached_from(start: str, folder: str, steps: dict[tuple[str, str], set[str]]) -> set[str]:
    """Everything that a function calls, itself or by functions of its own folder: `module.function`."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for called in steps.get((folder, here), set()):
            name = called if "." in called else f"{here.split('.')[0]}.{called}"
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached


def test_every_change_asks_permission_and_is_recorded() -> None:
    """A function that opens a transaction in an actions module requires a permission and records an event.

    It may do so by a shared step of its own module or of one beside it, however deep.
    """
    silent = []
    steps = {}
    for module in modules():
        folder, _, file = module.path.rpartition("/")
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef):
                called = {dotted(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
                steps[folder, f"{file.removesuffix('.py')}.{node.name}"] = called
    for module in modules():
        if not module.path.endswith("/actions.py"):
            continue
        folder = module.path.rpartition("/")[0]
        for name in [node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)]:
            if "transaction" not in steps[folder, f"actions.{name}"]:
                continue
            reached = reached_from(f"actions.{name}", folder, steps)
            silent += [
                f"{module.path}: {name} never calls {wanted}"
                for wanted in ("policy.require", "events.record")
                if wanted not in reached
            ]
    assert not silent


def test_only_actions_and_the_kernel_open_a_transaction() -> None:
    writers = {
        module.path
        for module in modules()
        for call in module.calls()
        if dotted(call.func) in {"transaction", "db.transaction"}
    }
    assert not [path for path in writers if not path.endswith("/actions.py") and "/core/" not in path]


def test_a_status_changes_only_by_the_table_of_moves() -> None:
    wild = []
    for module in modules():
        if "/core/" in module.path:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Assign):
                continue
            for target in node.targets:
                if not (isinstance(target, ast.Attribute) and target.attr == "status"):
                    continue
                moved = isinstance(node.value, ast.Call) and dotted(node.value.func).split(".")[-1] == "move"
                if not moved:
                    wild.append(module.place(node))
    assert not wild


def test_abuse_20_every_file_for_a_spreadsheet_is_written_by_a_door_that_makes_no_formulas() -> None:
    """Nobody else writes CSV; and who writes a workbook says of each cell what it is."""
    workbooks = {
        "marketplace/core/spreadsheets.py",
        "marketplace/contracts/importing/template.py",
        "suppliers/quotes/price_schedule.py",
    }
    guessing = {"write", "write_row", "write_column", "write_formula", "write_array_formula", "write_url"}
    wild = []
    for module in modules():
        makes = "xlsxwriter" in module.text
        if module.path.startswith("demonstration/") or not (makes or "csv." in module.text):
            continue
        if makes and module.path not in workbooks:
            wild.append(f"{module.path} makes workbooks")
        for call in module.calls():
            owner, _, name = dotted(call.func).rpartition(".")
            if (owner, name) in {("csv", "writer"), ("csv", "DictWriter")} and "csv_files" not in module.path:
                wild.append(f"{module.place(call)} writes CSV")
            if makes and owner and name in guessing and len(call.args) > 1:
                wild.append(f"{module.place(call)} guesses what a cell is")
    assert not wild


def test_files_are_found_where_their_name_says() -> None:
    lost = []
    for module in modules():
        parts = module.path.removesuffix(".py").split("/")
        if set(parts) & FORBIDDEN_NAMES:
            lost.append(module.path)
    assert not lost


def test_no_module_is_longer_than_a_sitting() -> None:
    long = {module.path: lines for module in modules() if (lines := module.text.count("\n")) > LONGEST_MODULE}
    assert not long


def test_the_locks_name_no_registry() -> None:
    requirements = (PROJECT / "requirements.lock").read_text("utf-8")
    assert "://" not in requirements
    assert '"resolved"' not in (PROJECT / "package-lock.json").read_text("utf-8")


def test_libraries_that_take_long_to_load_wait_for_their_first_use() -> None:
    """Each is imported by its doors alone, and those only inside a function."""
    slow = {"facturx", "highspy", "numpy", "openpyxl", "pikepdf", "stripe", "weasyprint"}
    doors = {
        "marketplace.core.excel": "marketplace/core/excel.py",
        "suppliers.gateways.highs": "suppliers/gateways/highs.py",
        "invoicing.gateways.stripe": "invoicing/gateways/stripe.py",
        "invoicing.gateways.hybrid": "invoicing/gateways/hybrid.py",
        "invoicing.gateways.weasy": "invoicing/gateways/weasy.py",
    }
    early = []
    for module in modules():
        for node in module.tree.body:
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                start = node.module or ""
                names = {start, *(f"{start}.{alias.name}" for alias in node.names)}
            else:
                continue
            reached = {name.split(".")[0] for name in names} & slow | names & set(doors)
            if reached and module.path not in doors.values():
                early.append(f"{module.path}: {', '.join(sorted(reached))}")
    assert not early
