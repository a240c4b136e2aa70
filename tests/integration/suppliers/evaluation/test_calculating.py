"""`flask calc score`: an adviser gets scores as JSON, or a sentence and exit status 2."""

import json
from pathlib import Path

from flask import Flask


def test_an_adviser_scores_quotes_from_a_file_and_is_told_what_is_wrong_in_one(
    app: Flask, tmp_path: Path
) -> None:
    file = tmp_path / "quotes.json"
    file.write_text(
        '{"formula": "lowest_prop", "prices": ["11000", "6000", "11500", "8000"], "price_weight": "1/2",'
        ' "quality": [100, 45, 50, 75]}',
        "utf-8",
    )
    answer = app.test_cli_runner().invoke(args=["calc", "score", str(file)])
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    assert list(said) == [
        "price_scores",
        "totals",
        "ranking",
        "winner",
        "abnormally_low",
        "remove_each_loser",
        "stability",
    ]
    assert (said["winner"], said["remove_each_loser"][0]) == (0, {"removed": 1, "winner": 3})

    file.write_text('{"formula": "lowest_prop", "prices": ["11000", "free"]}', "utf-8")
    answer = app.test_cli_runner().invoke(args=["calc", "score", str(file)])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "prices[1] must be a number" in answer.stderr
