"""`flask calc split`: an adviser gets a split as JSON, or a sentence and exit status 2."""

import json
from pathlib import Path

from flask import Flask


def test_an_adviser_splits_a_cost_from_a_file_and_is_told_what_is_wrong_in_one(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "cost.json"
    file.write_text('{"players": ["a", "b"], "cost": {"a": "10", "b": "20", "a+b": "25"}}', "utf-8")
    run = app.test_cli_runner()
    answer = run.invoke(args=["calc", "split", str(file), "--rule", "nucleolus"])
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) == {
        "exact": ["15/2", "35/2"],
        "pence": [8, 17],
        "individually_rational": True,
        "worst_subgroup": None,
    }

    file.write_text('{"players": ["a", "b"], "cost": {"a": "10", "b": NaN}}', "utf-8")
    answer = run.invoke(args=["calc", "split", str(file), "--rule", "equal"])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "not a number" in answer.stderr
    assert run.invoke(args=["calc", "split", str(file), "--rule", "by heart"]).exit_code == 2
