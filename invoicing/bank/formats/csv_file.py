"""CSV, which every bank lays out in its own way: somebody says once which column is which."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from invoicing.bank.rules import FIELD, MOST_LINES, ReadLine, ReadStatement, first_gap, shortened
from marketplace.core.errors import RuleBroken
from marketplace.core.fields import MINUS_SIGNS
from marketplace.core.money import Money

DELIMITERS = ",;\t"
HEADING_WITHIN = 30
LEAST_COLUMNS = 3
MOST_PROBLEMS = 5
NOT_TEXT = (b"PK\x03\x04", b"%PDF", bytes.fromhex("d0cf11e0a1b11ae1"), b"MZ")
DATE_FORMATS = (
    *("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y"),
    *("%d-%b-%y", "%d %b %y", "%Y%m%d", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"),
)


class Column(StrEnum):
    """What a column of a statement can say."""

    DATE = "date"
    AMOUNT = "amount"
    MONEY_IN = "money_in"
    MONEY_OUT = "money_out"
    PAYER = "payer"
    REFERENCE = "reference"
    MORE_WORDS = "more_words"
    BALANCE = "balance"
    BANK_ID = "bank_id"
    ACCOUNT = "account"
    SORT_CODE = "sort_code"
    CURRENCY = "currency"


USUAL_HEADINGS: Mapping[Column, tuple[str, ...]] = {
    Column.DATE: ("date", "transaction date", "booking date", "posting date", "entry date"),
    Column.AMOUNT: ("amount", "value", "amount gbp", "transaction amount"),
    Column.MONEY_IN: ("money in", "paid in", "credit", "credit amount", "credits", "in", "receipts"),
    Column.MONEY_OUT: ("money out", "paid out", "debit", "debit amount", "debits", "out", "payments"),
    Column.PAYER: ("name", "payer", "counter party", "counterparty", "counterparty name", "from"),
    Column.REFERENCE: ("reference", "payment reference", "transaction description", "description", "details"),
    Column.MORE_WORDS: ("narrative", "memo", "notes", "transaction details", "type"),
    Column.BALANCE: ("balance", "balance gbp", "running balance", "account balance"),
    Column.BANK_ID: ("transaction id", "id", "bank reference", "fitid"),
    Column.ACCOUNT: ("account", "account number", "iban", "account no"),
    Column.SORT_CODE: ("sort code", "sortcode"),
    Column.CURRENCY: ("currency", "ccy"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A file as rows of texts, with the number of each row in the file, under its headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def named(self) -> list[str]:
        """The headings that say something, each once."""
        return list(dict.fromkeys(one for one in self.headings if one))


def open_table(content: bytes, known: Mapping[str, str] | None = None) -> Table:
    """The rows of a file. The headings are the first row that has all known ones, or looks most like any.

    Raises RuleBroken for what is no table of texts.
    """
    if content.startswith(NOT_TEXT):
        raise RuleBroken(
            "This is no statement that Weald can read. Choose CSV, OFX, CAMT.053 or MT940 where your bank "
            "offers downloads.",
            FIELD,
        )
    text = _decoded(content)
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], DELIMITERS)
    except csv.Error:
        dialect = csv.excel
    rows = [
        (number, tuple(" ".join(cell.split()) for cell in row))
        for number, row in enumerate(csv.reader(io.StringIO(text), dialect), start=1)
        if any(cell.strip() for cell in row)
    ]
    place = _place_of_headings([row for _, row in rows[:HEADING_WITHIN]], known)
    if place is None:
        raise RuleBroken(
            "The file has no row of headings such as Date, Description and Amount. Download the statement as "
            "CSV with headings.",
            FIELD,
        )
    if len(rows) - place > MOST_LINES:
        raise RuleBroken(
            f"The statement has more than {MOST_LINES:,} movements. Download it in shorter periods.", FIELD
        )
    return Table(rows[place][1], tuple(rows[place + 1 :]))


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _place_of_headings(rows: Sequence[tuple[str, ...]], known: Mapping[str, str] | None) -> int | None:
    if known:
        wanted = set(known.values())
        return next((place for place, row in enumerate(rows) if wanted <= set(row)), None)
    usual = {heading for headings in USUAL_HEADINGS.values() for heading in headings}
    scored = [
        (sum(_plain(cell) in usual for cell in row), -place)
        for place, row in enumerate(rows)
        if sum(bool(cell) for cell in row) >= LEAST_COLUMNS
    ]
    if not scored:
        return None
    return -max(scored)[1]


def has_headings(content: bytes, known: Mapping[str, str]) -> bool:
    """Does a file have the headings that somebody chose for an earlier one?"""
    try:
        open_table(content, known)
    except RuleBroken:
        return False
    return True


def guess(table: Table) -> dict[Column, str]:
    """Which heading probably says what, for a person to check."""
    found: dict[Column, str] = {}
    for column, usual in USUAL_HEADINGS.items():
        fits = [one for name in usual for one in table.named if _plain(one) == name]
        if fits:
            found[column] = fits[0]
    if Column.MONEY_IN in found or Column.MONEY_OUT in found:
        found.pop(Column.AMOUNT, None)
    return found


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9 ]", " ", text.casefold()).split())


def check_columns(columns: Mapping[Column, str]) -> None:
    """Raise RuleBroken, on the field of the column, unless a statement can be read by these columns."""
    if Column.DATE not in columns:
        raise RuleBroken("Choose the column with the date.", Column.DATE)
    both = Column.MONEY_IN in columns and Column.MONEY_OUT in columns
    if Column.AMOUNT in columns and (Column.MONEY_IN in columns or Column.MONEY_OUT in columns):
        raise RuleBroken(
            "Choose either one column for the amount, or one for money in and one for money out.",
            Column.AMOUNT,
        )
    if Column.AMOUNT not in columns and not both:
        raise RuleBroken(
            "Choose the column with the amount; or, where there are two, those with money in and money out.",
            Column.AMOUNT,
        )
    if not {Column.PAYER, Column.REFERENCE, Column.MORE_WORDS} & set(columns):
        raise RuleBroken(
            "Choose a column that says who paid or what for. Without it no payment could be matched.",
            Column.REFERENCE,
        )
    twice = [one for one in columns if list(columns.values()).count(columns[one]) > 1]
    if twice:
        raise RuleBroken(f"“{columns[twice[-1]]}” is chosen twice. Each column says one thing.", twice[-1])


def read(table: Table, columns: Mapping[Column, str]) -> ReadStatement:
    """The statement by these columns. Raises RuleBroken that names the rows that cannot be read."""
    places = {column: table.headings.index(heading) for column, heading in columns.items()}
    lines, problems = [], []
    for number, row in table.rows:
        try:
            line = _line(number, {column: _cell(row, place) for column, place in places.items()})
        except _WrongCell as wrong:
            problems.append(f"row {number}, {columns[wrong.column]}: {wrong}")
            continue
        if line.amount:
            lines.append(line)
    if problems:
        more = f" and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
        raise RuleBroken(
            f"Some cells cannot be read: {'; '.join(problems[:MOST_PROBLEMS])}{more}. Choose other columns, "
            "or correct the file and import it again.",
            FIELD,
        )
    opening, closing = _ends(lines)
    return ReadStatement("", "", opening, closing, tuple(lines))


def _ends(lines: Sequence[ReadLine]) -> tuple[Money | None, Money | None]:
    """The balances before and after, where every line says one; the last line comes first at many banks."""
    if not lines or any(line.balance is None for line in lines):
        return None, None
    newest_first = first_gap(lines) is not None
    first, last = (lines[-1], lines[0]) if newest_first else (lines[0], lines[-1])
    assert first.balance is not None, "every line says one"
    return first.balance - first.amount, last.balance


class _WrongCell(Exception):
    """A cell does not hold what belongs there; the message says what was found."""

    def __init__(self, column: Column, message: str) -> None:
        super().__init__(message)
        self.column = column


def _cell(row: tuple[str, ...], place: int) -> str:
    return row[place] if place < len(row) else ""


def _line(number: int, cells: Mapping[Column, str]) -> ReadLine:
    account = " ".join(one for one in (cells.get(Column.SORT_CODE, ""), cells.get(Column.ACCOUNT, "")) if one)
    balance = cells.get(Column.BALANCE, "")
    words = (cells.get(Column.REFERENCE, ""), cells.get(Column.MORE_WORDS, ""))
    return ReadLine(
        place=f"row {number}",
        booked_on=_day(cells[Column.DATE]),
        amount=_amount(cells),
        payer=shortened(cells.get(Column.PAYER, "")),
        reference=shortened(" ".join(one for one in words if one)),
        bank_id=shortened(cells.get(Column.BANK_ID, "")),
        account=account if Column.ACCOUNT in cells else "",
        currency=cells.get(Column.CURRENCY, "").upper(),
        balance=_money(balance, Column.BALANCE) if balance else None,
    )


def _day(text: str) -> date:
    for layout in DATE_FORMATS:
        try:
            return datetime.strptime(text, layout).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise _WrongCell(Column.DATE, f"“{text}” is no date such as 31/10/2026")


def _amount(cells: Mapping[Column, str]) -> Money:
    if Column.AMOUNT in cells:
        return _money(cells[Column.AMOUNT], Column.AMOUNT)
    come, gone = cells[Column.MONEY_IN], cells[Column.MONEY_OUT]
    into = _money(come, Column.MONEY_IN) if come else Money(0)
    out = _money(gone, Column.MONEY_OUT) if gone else Money(0)
    return into - (out if out.pence > 0 else -out)


def _money(text: str, column: Column) -> Money:
    plain = "".join(text.translate(MINUS_SIGNS).upper().replace("£", "").replace("GBP", "").split())
    negative = plain.startswith("-") or plain.endswith(("-", "DR", "D")) or (plain[:1] + plain[-1:]) == "()"
    bare = re.sub(r"(CR|DR|C|D)$", "", plain.strip("()+-")).strip("+-")
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", bare):
        bare = bare.replace(",", "")
    try:
        pounds = Decimal(bare) if re.fullmatch(r"[0-9]*\.?[0-9]+", bare) else None
    except InvalidOperation:
        pounds = None
    if pounds is None or pounds * 100 != (pounds * 100).to_integral_value():
        raise _WrongCell(column, f"“{text}” is no amount such as 1,250.00")
    money = Money.from_pounds(pounds)
    return -money if negative else money
