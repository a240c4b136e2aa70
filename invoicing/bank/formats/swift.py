"""MT940, the customer statement of the SWIFT network."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import mt940

from invoicing.bank.rules import FIELD, Format, ReadLine, ReadStatement, shortened, unreadable
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

BEGINS = re.compile(r"(?m)^:20:")
NO_REFERENCE = frozenset({"", "NONREF"})
FIELD_OF_DETAILS = re.compile(r"/(?:NAME|REMI|ORDP|BENM|EREF|TRTP|CSID|MARF)/|\?[0-9]{2}")


def read(content: bytes) -> list[ReadStatement]:
    """The statements of a file, each of which begins with its reference (tag 20)."""
    text = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n")
    starts = [found.start() for found in BEGINS.finditer(text)]
    pieces = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    try:
        found = [_statement(piece, place) for place, piece in enumerate(pieces, start=1)]
    except RuleBroken:
        raise
    except Exception:  # noqa: BLE001  # mt-940 raises whatever a damaged file makes it raise
        raise unreadable(Format.MT940) from None
    if not found:
        raise RuleBroken("The file has no statement in it. Choose another.", FIELD)
    return found


def _statement(text: str, place: int) -> ReadStatement:
    read = mt940.parse(text)
    opening = read.data.get("final_opening_balance") or read.data.get("intermediate_opening_balance")
    closing = read.data.get("final_closing_balance") or read.data.get("intermediate_closing_balance")
    if opening is None or closing is None:
        raise unreadable(Format.MT940)
    return ReadStatement(
        account=read.data.get("account_identification") or "",
        currency=opening.amount.currency,
        opening=_money(opening.amount.amount),
        closing=_money(closing.amount.amount),
        lines=tuple(
            _line(one.data, f"movement {number} of statement {place}")
            for number, one in enumerate(read.transactions, start=1)
            if one.data.get("amount") and one.data["amount"].amount
        ),
    )


def _line(data: dict[str, Any], place: str) -> ReadLine:
    booked = data.get("entry_date") or data["date"]
    details = " ".join((data.get("transaction_details") or "").split())
    name = re.search(r"(?:/NAME/|/ORDP/|\?32)([^/?]+)", details)
    references = [data.get("customer_reference") or "", data.get("extra_details") or ""]
    told = FIELD_OF_DETAILS.sub(" ", details)
    return ReadLine(
        place=place,
        booked_on=date(booked.year, booked.month, booked.day),
        amount=_money(data["amount"].amount),
        payer=shortened(name.group(1)) if name else "",
        reference=shortened(" ".join([told, *(one for one in references if one not in NO_REFERENCE)])),
        bank_id=data.get("bank_reference") or "",
        currency=data["amount"].currency,
    )


def _money(pounds: Any) -> Money:
    return Money.from_pounds(pounds)
