"""What a refusal says is a sentence for people, whichever test is refused."""

import re

import pytest

from marketplace.core import errors

QUOTED = re.compile(r"“[^”]*”")  # what somebody typed is theirs
NAMES_OF_THINGS = ("OpenDocument",)
GARBLED = {
    "does not begin with a capital letter": re.compile(r"^[^A-Z0-9£“]"),
    "goes on in small letters after a full stop": re.compile(r"[.?!] [a-z]"),
    "changes from small to capital letters within a word": re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]"),
    "has no space after a full stop": re.compile(r"[.?!,;:][A-Z]"),
    "shouts": re.compile(r"\b[A-Z]{2,} [A-Z]{2,} [A-Z]{2,}\b"),
}


@pytest.fixture(autouse=True)
def a_refusal_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test in which somebody is refused with nothing to read, or with something garbled.

    For the tests of a folder whose conftest.py imports it. ProofNeeded says only what is asked for again: the
    page makes a sentence of it.
    """
    made = errors.Refusal.__init__

    def make(refusal: errors.Refusal, message: str) -> None:
        made(refusal, message)
        if not isinstance(refusal, errors.ProofNeeded):
            check(message)

    monkeypatch.setattr(errors.Refusal, "__init__", make)


def check(message: str) -> None:
    """Raise AssertionError unless this reads as a sentence."""
    assert message, "A refusal says nothing."
    said = QUOTED.sub("“”", message)
    for name in NAMES_OF_THINGS:
        said = said.replace(name, "")
    for how, found in GARBLED.items():
        assert not found.search(said), f"A refusal {how}: {message}"
