"""Addresses for tests that knock on every door."""

import re
import uuid

from werkzeug.routing import Rule

PLACE = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>")


def of_nothing(rule: Rule) -> str:
    """An address that the rule matches, of things that do not exist."""
    samples = {"uuid": str(uuid.uuid4()), "int": "1"}
    return PLACE.sub(lambda place: samples.get(place[1], "x"), rule.rule)


def methods(rule: Rule) -> list[str]:
    """The methods that a rule answers, without those that Flask adds."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
