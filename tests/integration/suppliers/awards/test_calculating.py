"""`flask calc award`: an adviser gets the award as JSON, or a sentence and exit status 2."""

import json
from pathlib import Path

from flask import Flask

SMALL = Path(__file__).parents[3] / "fixtures" / "award" / "school_s4_l3_k8_o_seed1.json"


def test_an_adviser_gets_the_best_award_of_a_file(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["calc", "award", str(SMALL), "--time-limit", "60"])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    known = json.loads(SMALL.with_suffix(".expected.json").read_text("utf-8"))
    assert list(said) == [
        "status",
        "cost_pence",
        "bound_pence",
        "winner",
        "joined",
        "bundles",
        "price_by_school",
        "seconds",
    ]
    assert (said["status"], said["cost_pence"]) == ("optimal", known["optimal_pence"])
    assert said["joined"] == known["award"]["joined"]


def test_a_bad_file_is_refused_with_its_field_and_status_2(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "problem.json"
    file.write_text('{"lots": ["Meals"], "schools": []}', "utf-8")
    answer = app.test_cli_runner().invoke(args=["calc", "award", str(file)])
    assert answer.exit_code == 2
    assert "schools must hold at least 1" in answer.stderr
    assert not answer.stdout


def test_a_solver_out_of_time_says_so_and_what_to_do(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["calc", "award", str(SMALL), "--time-limit", "0.000001"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["status"] == "time_limit"
    assert "--time-limit" in answer.stderr
