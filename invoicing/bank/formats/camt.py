"""ISO 20022 camt.053, the XML statement: any version, read without external entities or doctypes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from invoicing.bank.rules import FIELD, STERLING, Format, ReadLine, ReadStatement, shortened, unreadable
from marketplace.core import xml_files
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money

PENCE = Decimal(100)
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
BOOKED = "BOOK"


def read(content: bytes) -> list[ReadStatement]:
    """The statements of a file. Raises RuleBroken for XML that is not to be trusted or is no camt.053."""
    try:
        root = xml_files.parse(content)
    except xml_files.Declares:
        raise RuleBroken(
            "The XML file has a document type or entities in it, which no bank sends, so it was not read. "
            "Download the statement from the bank again.",
            FIELD,
        ) from None
    except xml_files.NotXml:
        raise unreadable(Format.CAMT) from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    statements = root.findall(".//BkToCstmrStmt/Stmt")
    if not statements:
        raise RuleBroken(
            "The XML file is no statement of an account (camt.053). Choose the statement, not the report of "
            "the day or a payment order.",
            FIELD,
        )
    try:
        return [_statement(one, place) for place, one in enumerate(statements, start=1)]
    except (ValueError, InvalidOperation):
        raise unreadable(Format.CAMT) from None


def _statement(statement: Element, place: int) -> ReadStatement:
    entries = statement.findall("Ntry")
    booked = [one for one in entries if _state(one) == BOOKED]
    lines = [
        line
        for number, entry in enumerate(booked, start=1)
        for line in _lines(entry, f"entry {number} of statement {place}")
    ]
    _check_count(statement, entries)
    return ReadStatement(
        account=_text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id"),
        currency=_text(statement, "Acct/Ccy") or STERLING,
        opening=_balance(statement, OPENING),
        closing=_balance(statement, CLOSING),
        lines=tuple(lines),
        left_out=len(entries) - len(booked),
    )


def _state(entry: Element) -> str:
    """Booked or not: a code of its own in newer versions, plain text in older ones."""
    return _text(entry, "Sts/Cd") or _text(entry, "Sts") or BOOKED


def _check_count(statement: Element, entries: list[Element]) -> None:
    said = _text(statement, "TxsSummry/TtlNtries/NbOfNtries")
    if said and int(said) != len(entries):
        raise RuleBroken(
            f"The statement says that it has {said} entries, and {len(entries)} are there. Download it from "
            "the bank again.",
            FIELD,
        )


def _balance(statement: Element, kinds: tuple[str, ...]) -> Money | None:
    found = {_text(one, "Tp/CdOrPrtry/Cd"): one for one in statement.findall("Bal")}
    balance = next((found[kind] for kind in kinds if kind in found), None)
    return None if balance is None else _signed(balance)


def _signed(element: Element) -> Money:
    pounds = Decimal(_text(element, "Amt"))
    if pounds * PENCE != (pounds * PENCE).to_integral_value():
        raise ValueError("An amount has parts of a penny.")
    money = Money.from_pounds(pounds)
    return money if _text(element, "CdtDbtInd") == "CRDT" else -money


def _lines(entry: Element, place: str) -> Iterator[ReadLine]:
    """A line for each payment of an entry: a batch that tells its parts is taken apart."""
    amount, bank_id = _signed(entry), _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    currency = _currency(entry)
    details = entry.findall("NtryDtls/TxDtls")
    parts = [_part(one) for one in details]
    told = [part for part in parts if part is not None]
    sign = 1 if amount.pence > 0 else -1
    if len(details) > 1 and len(told) == len(details) and Money.total(told) * sign == amount:
        for number, (one, part) in enumerate(zip(details, told, strict=True), start=1):
            yield ReadLine(
                place=f"{place}, payment {number}",
                booked_on=_day(entry),
                amount=part * sign,
                payer=_payer(one, amount),
                reference=_reference(one),
                bank_id=f"{bank_id}/{number}" if bank_id else "",
                currency=currency,
            )
        return
    only = details[0] if len(details) == 1 else entry
    if amount:
        yield ReadLine(
            place=place,
            booked_on=_day(entry),
            amount=amount,
            payer=_payer(only, amount),
            reference=_reference(only) or shortened(_text(entry, "AddtlNtryInf")),
            bank_id=bank_id,
            currency=currency,
        )


def _currency(entry: Element) -> str:
    amount = entry.find("Amt")
    return STERLING if amount is None else amount.get("Ccy", STERLING)


def _part(details: Element) -> Money | None:
    text = _text(details, "Amt") or _text(details, "AmtDtls/TxAmt/Amt")
    return Money.from_pounds(Decimal(text)) if text else None


def _day(entry: Element) -> date:
    text = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt")
    return date.fromisoformat(text[:10])


def _payer(details: Element, amount: Money) -> str:
    """Who paid, or was paid: newer versions name a party inside."""
    side = "Dbtr" if amount.pence > 0 else "Cdtr"
    party = f"RltdPties/{side}"
    return shortened(_text(details, f"{party}/Nm") or _text(details, f"{party}/Pty/Nm"))


def _reference(details: Element) -> str:
    texts = [one.text or "" for one in details.findall("RmtInf/Ustrd")]
    texts += [one.text or "" for one in details.findall("RmtInf/Strd/CdtrRefInf/Ref")]
    end_to_end = _text(details, "Refs/EndToEndId")
    if end_to_end and end_to_end != "NOTPROVIDED":
        texts.append(end_to_end)
    return shortened(" ".join(dict.fromkeys(texts)))


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
