"""Reading terms of EN 16931 from XML: text, dates, amounts in pence. What is missing is said in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element

from invoicing.incoming.rules import AGAIN, FIELD
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import tidy
from marketplace.core.money import ZERO, Money

LONGEST_TEXT = 300
LONGEST_NUMBER = 60
NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,10})?")
PENCE = Decimal(100)
ISO, COMPACT = "%Y-%m-%d", "%Y%m%d"


def text(element: Element, path: str) -> str:
    """The text at a path on one line, no longer than we keep; "" where there is none. Raises RuleBroken."""
    found = element.findtext(path)
    try:
        return " ".join(tidy(found).split())[:LONGEST_TEXT]
    except ValueError:
        raise broken("hidden control characters in a text") from None


def needed(element: Element, path: str, words: str) -> str:
    """The text at a path that EN 16931 asks for. Raises RuleBroken."""
    found = text(element, path)
    if not found:
        raise missing(words)
    return found


def name(element: Element, path: str, words: str) -> str:
    """A number or reference of a document, which is never cut short. Raises RuleBroken."""
    found = needed(element, path, words)
    if len(found) > LONGEST_NUMBER:
        raise broken(f"more than {LONGEST_NUMBER} characters as {words}")
    return found


def texts(elements: Iterable[Element]) -> tuple[str, ...]:
    """The texts of some elements."""
    return tuple(found for one in elements if (found := text(one, ".")))


def joined(element: Element, within: str, names: Iterable[str]) -> str:
    """The texts of some parts that are there, a line each. Raises RuleBroken."""
    return "\n".join(found for name in names if (found := text(element, f"{within}/{name}")))


def number(element: Element, path: str, words: str) -> Decimal:
    """A quantity or price. Raises RuleBroken."""
    return _decimal(needed(element, path, words), words)


def base(element: Element, path: str) -> Decimal:
    """How many units a price is for: one, unless said. Raises RuleBroken."""
    found = text(element, path)
    units = _decimal(found, "the base quantity of a price (BT-149)") if found else Decimal(1)
    if units <= 0:
        raise broken("a price for no units (BT-149)")
    return units


def rate(element: Element, path: str) -> int:
    """A rate of VAT in basis points; nothing where none is said. Raises RuleBroken."""
    found = text(element, path)
    per_cent = _decimal(found, "a rate of VAT") if found else Decimal(0)
    points = int(per_cent * 100)
    if points != per_cent * 100 or not 0 <= per_cent <= 100:  # noqa: PLR2004  # per cent
        raise broken(f"a VAT rate of {found}%")
    return points


def amount(element: Element, path: str, words: str) -> Money:
    """An amount that EN 16931 asks for, in whole pence. Raises RuleBroken."""
    return _money(needed(element, path, words), words)


def amount_if_any(element: Element, path: str, words: str) -> Money:
    """An amount that may be left out. Raises RuleBroken."""
    found = text(element, path)
    return _money(found, words) if found else ZERO


def day(element: Element, path: str, words: str) -> date:
    """A date that EN 16931 asks for. Raises RuleBroken."""
    return _date(needed(element, path, words), words)


def day_if_any(element: Element, path: str, words: str) -> date | None:
    """A date that may be left out. Raises RuleBroken."""
    found = text(element, path)
    return _date(found, words) if found else None


def part(element: Element, path: str, words: str) -> Element:
    """A part that EN 16931 asks for. Raises RuleBroken."""
    found = element.find(path)
    if found is None:
        raise missing(words)
    return found


def missing(words: str) -> RuleBroken:
    """What to say about an invoice without something that EN 16931 asks for."""
    return RuleBroken(f"The invoice does not have {words}, which EN 16931 asks for. {AGAIN}", FIELD)


def broken(words: str) -> RuleBroken:
    """What to say about an invoice with something that EN 16931 does not allow."""
    return RuleBroken(f"The invoice has {words}, which EN 16931 does not allow. {AGAIN}", FIELD)


def _decimal(found: str, words: str) -> Decimal:
    if not NUMBER.fullmatch(found):
        raise broken(f"“{found}” as {words}")
    return Decimal(found)


def _money(found: str, words: str) -> Money:
    pence = _decimal(found, words) * PENCE
    if pence != int(pence):
        raise broken(f"a part of a penny ({found}) as {words}")
    return Money(int(pence))


def _date(found: str, words: str) -> date:
    for pattern in (ISO, COMPACT):
        try:
            return datetime.strptime(found, pattern).date()  # noqa: DTZ007  # a day, not a moment
        except ValueError:
            continue
    raise broken(f"“{found}” as {words}")
