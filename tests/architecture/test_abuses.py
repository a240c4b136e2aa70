"""Each abuse that Weald promises to stand up to has a test that carries its number."""

import re

from tests.architecture.source import PROJECT

ABUSES = range(1, 26)
FIVE_OF_23 = {
    "host header": "a_request_for_another_host",
    "open redirect": "leads_nowhere_but_here",
    "reset reuse": "a_link_works_once",
    "enumeration": "gets_the_same_answer_for_everybody",
    "fixation": "a_session_of_its_own",
}


def names() -> list[str]:
    """The names of all tests."""
    return [
        name
        for file in (PROJECT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text("utf-8"), re.MULTILINE)
    ]


def test_each_of_the_25_abuses_has_a_test_named_after_it() -> None:
    numbered = {name[:13] for name in names()}
    assert not [number for number in ABUSES if f"test_abuse_{number:02}" not in numbered]


def test_each_part_of_abuse_23_has_a_test_of_its_own() -> None:
    of_23 = [name for name in names() if name.startswith("test_abuse_23_")]
    assert not [part for part, words in FIVE_OF_23.items() if not any(words in name for name in of_23)]
