"""OFX, the format of home finance programs, versions 1 and 2.

The library that reads it is loaded with the first such file: it takes a tenth of the time to start.
"""

from __future__ import annotations

import io
import warnings
from decimal import Decimal
from typing import Any

from invoicing.bank.rules import FIELD, STERLING, Format, ReadLine, ReadStatement, shortened, unreadable
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money


def read(content: bytes) -> list[ReadStatement]:
    """The statements of a file. It says no opening balance, so nothing proves that a line is missing."""
    from ofxtools.Parser import OFXTree  # noqa: PLC0415  # see above

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = OFXTree()
            tree.parse(io.BytesIO(content))
            statements = tree.convert().statements
        found = [_statement(one, place) for place, one in enumerate(statements, start=1)]
    except RuleBroken:
        raise
    except Exception:  # noqa: BLE001  # ofxtools raises whatever a damaged file makes it raise
        raise unreadable(Format.OFX) from None
    if not found:
        raise RuleBroken("The OFX file has no statement of a bank account. Choose another.", FIELD)
    return found


def _statement(statement: Any, place: int) -> ReadStatement:
    account = statement.account
    return ReadStatement(
        account=f"{getattr(account, 'bankid', '') or ''} {account.acctid}".strip(),
        currency=statement.curdef or "",
        opening=None,
        closing=_money(statement.ledgerbal.balamt) if statement.ledgerbal is not None else None,
        lines=tuple(
            _line(one, f"transaction {number} of statement {place}")
            for number, one in enumerate(statement.transactions or (), start=1)
            if one.trnamt
        ),
    )


def _line(transaction: Any, place: str) -> ReadLine:
    payee = transaction.payee.name if getattr(transaction, "payee", None) is not None else ""
    texts = [transaction.memo or "", transaction.refnum or "", transaction.checknum or ""]
    return ReadLine(
        place=place,
        booked_on=transaction.dtposted.astimezone(clock.LONDON).date(),
        amount=_money(transaction.trnamt),
        payer=shortened(transaction.name or payee or ""),
        reference=shortened(" ".join(text for text in texts if text)),
        bank_id=str(transaction.fitid),
        currency=transaction.currency.cursym
        if getattr(transaction, "currency", None) is not None
        else STERLING,
    )


def _money(pounds: Decimal) -> Money:
    if pounds * 100 != (pounds * 100).to_integral_value():
        raise ValueError("An amount has parts of a penny.")
    return Money.from_pounds(pounds)
