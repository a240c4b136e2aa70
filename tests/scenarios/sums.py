"""A little calculator for the sums that a document shows, apart from all of Weald's own arithmetic.

A sum is written as people write it: £1,500 × 210 ÷ 662 = £475.83. The left side is worked out exactly,
rounded half up to the places that the right side shows, and compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

AMOUNT = r"£?[0-9][0-9,]*(?:\.[0-9]+)?%?"
LEFT = re.compile(rf"{AMOUNT}(?:\s*[+−×÷]\s*{AMOUNT})+\s*$")
RIGHT = re.compile(rf"\s*(−?)({AMOUNT})")
TOKEN = re.compile(rf"{AMOUNT}|[+−×÷]")


def wrong(line: str) -> Iterator[str]:
    """What is wrong with the sums of a line, in words; nothing for a line without a sum."""
    parts = line.split("=")
    for before, after in pairwise(parts):
        left, right = LEFT.search(before), RIGHT.match(after)
        if not left or not right:
            yield f"there is no sum around this =: {before[-30:]}={after[:30]}"
            continue
        shown = right[2].rstrip("%")
        places = len(shown.partition(".")[2])
        found = rounded(worked_out(left[0]), places)
        if found != Fraction(right[1].replace("−", "-") + _plain(shown)):
            yield f"{left[0].strip()} is {float(found):,.{places}f}, not {right[0].strip()}"


def worked_out(expression: str) -> Fraction:
    """A chain of + − × ÷, products first, exactly. A number in per cent is its hundredth."""
    total, product, sign = Fraction(0), Fraction(0), 1
    operation = "+"
    for token in TOKEN.findall(expression):
        if token in "+−×÷":
            operation = token
            continue
        number = Fraction(_plain(token)) / (100 if token.endswith("%") else 1)
        if operation == "×":
            product *= number
        elif operation == "÷":
            product /= number
        else:
            total += sign * product
            sign, product = (1 if operation == "+" else -1), number
    return total + sign * product


def rounded(exact: Fraction, places: int) -> Fraction:
    """Half up, away from zero, to so many decimal places."""
    scaled = abs(exact) * 10**places
    whole = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    return Fraction(whole if exact >= 0 else -whole, 10**places)


def _plain(number: str) -> str:
    return number.strip("£%").replace(",", "")
