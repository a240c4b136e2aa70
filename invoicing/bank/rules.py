"""What a bank statement must be before any of it is kept, which line is which, and how lines move."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from marketplace.core import moves
from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money
from marketplace.core.working_days import in_words

FIELD = "statement"
MOST_LINES = 5_000
LARGEST_FILE = 5 * 1024 * 1024
LONGEST_TEXT = 300
LONGEST_REFERENCE = 50
STERLING = "GBP"
LEAST_DIGITS_SHOWN = 4


class Format(StrEnum):
    """The formats in which banks give statements."""

    CSV = "csv"
    CAMT = "camt"
    OFX = "ofx"
    MT940 = "mt940"


FORMAT_LABELS: Mapping[Format, str] = {
    Format.CSV: "CSV",
    Format.CAMT: "CAMT.053 (XML)",
    Format.OFX: "OFX",
    Format.MT940: "MT940",
}


class LineStatus(StrEnum):
    """What became of a line. Money that went out needs no match."""

    WAITING = "waiting"
    MATCHED = "matched"
    SET_ASIDE = "set_aside"
    OUTGOING = "outgoing"


LINE_MOVES: Mapping[LineStatus, frozenset[LineStatus]] = {
    LineStatus.WAITING: frozenset({LineStatus.MATCHED, LineStatus.SET_ASIDE}),
    LineStatus.SET_ASIDE: frozenset({LineStatus.WAITING}),
    LineStatus.MATCHED: frozenset({LineStatus.WAITING}),
    LineStatus.OUTGOING: frozenset(),
}
STATUS_LABELS: Mapping[LineStatus, str] = {
    LineStatus.WAITING: "To match",
    LineStatus.MATCHED: "Matched",
    LineStatus.SET_ASIDE: "Not for an invoice",
    LineStatus.OUTGOING: "Money out",
}
STATUS_COLOURS: Mapping[LineStatus, str] = {
    LineStatus.WAITING: "yellow",
    LineStatus.MATCHED: "green",
    LineStatus.SET_ASIDE: "grey",
    LineStatus.OUTGOING: "grey",
}


def move(present: LineStatus, wanted: LineStatus) -> LineStatus:
    """The wanted status, if the present one may become it. Raises RuleBroken."""
    return moves.move(LINE_MOVES, present, wanted)


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A movement as a file has it: money in is positive. `place` says where it stands there, in words.

    `bank_id` is the bank's own number for it; `account` and `currency` are set where each line names them,
    `balance` where each line says what was on the account after it.
    """

    place: str
    booked_on: date
    amount: Money
    payer: str = ""
    reference: str = ""
    bank_id: str = ""
    account: str = ""
    currency: str = STERLING
    balance: Money | None = None


@dataclass(frozen=True, slots=True)
class ReadStatement:
    """A statement as a file has it. The balances are None, and the account blank, where it says none.

    `left_out` counts movements that the bank has not booked yet: they come again when it has.
    """

    account: str
    currency: str
    opening: Money | None
    closing: Money | None
    lines: tuple[ReadLine, ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """The account of a school: six digits of sort code, eight of number. Blank until it has given one."""

    school: str
    sort_code: str
    number: str

    @property
    def digits(self) -> str:
        """Sort code and number, digits only: what tells it apart."""
        return re.sub(r"[^0-9]", "", self.sort_code) + self.number

    @property
    def ending(self) -> str:
        """The digits by which people know it."""
        return self.number[-LEAST_DIGITS_SHOWN:]

    def is_named_by(self, text: str) -> bool:
        """Does a text of a file name this account? An IBAN, a sort code with a number, or the number alone.

        Where a bank hides digits behind stars or crosses, the ones that it shows must be this account's.
        """
        shown = re.sub(r"[^0-9]", "", text)
        if len(shown) >= len(self.digits):
            return shown.endswith(self.digits)
        if re.search(r"[*xX•]", text):
            return len(shown) >= LEAST_DIGITS_SHOWN and self.digits.endswith(shown)
        return shown.zfill(len(self.number)) == self.number


def check_has_account(own: OwnAccount) -> None:
    """Raise RuleBroken while a school has given no bank account: nothing could be compared with it."""
    if not own.number:
        raise RuleBroken(
            f"Weald does not know the bank account of {own.school} yet. Enter it under the school’s details "
            "first, and choose this file again.",
            FIELD,
        )


def check_file(read: Sequence[ReadStatement], own: OwnAccount, today: date) -> None:
    """Raise RuleBroken, saying what to do, unless a file holds statements of the school's own account.

    Banks that write a statement a day write one for a day without movements, too.
    """
    for statement in read:
        check_statement(statement, own, today)
    if not any(statement.lines for statement in read):
        raise RuleBroken(
            "The statement has no movements. Choose one of a period in which money came in.", FIELD
        )


def check_statement(read: ReadStatement, own: OwnAccount, today: date) -> None:
    """Raise RuleBroken, saying what to do, unless this can be a statement of the school's own account."""
    check_has_account(own)
    _check_account(read.account, own, "This statement")
    _check_currency(read.currency, "The statement")
    if len(read.lines) > MOST_LINES:
        raise RuleBroken(
            f"The statement has more than {MOST_LINES:,} movements. Download it in shorter periods.", FIELD
        )
    for line in read.lines:
        _check_account(line.account, own, f"The line in {line.place}")
        _check_currency(line.currency, f"The line in {line.place}")
        if line.booked_on > today:
            raise RuleBroken(
                f"The line in {line.place} is dated {in_words(line.booked_on)}, which has not come yet. "
                "Choose a statement of movements that the bank has booked.",
                FIELD,
            )
    _check_balances(read.lines)
    _check_total(read)


def _check_account(named: str, own: OwnAccount, what: str) -> None:
    if not named or own.is_named_by(named):
        return
    ending = re.sub(r"[^0-9]", "", named)[-LEAST_DIGITS_SHOWN:] or named
    raise RuleBroken(
        f"{what} is of the account ending {ending}. The account of {own.school} ends {own.ending}. Choose a "
        "statement of the school’s own account; if the school has another bank account now, change its "
        "details first.",
        FIELD,
    )


def _check_currency(currency: str, what: str) -> None:
    if currency and currency != STERLING:
        raise RuleBroken(
            f"{what} is in {currency}. Invoices here are in pounds: choose a statement in pounds (GBP).",
            FIELD,
        )


def _check_balances(lines: Sequence[ReadLine]) -> None:
    """Each line's balance follows from the one before it, in the order of the file or from its end."""
    said = [line for line in lines if line.balance is not None]
    if len(said) < len(lines) or len(lines) < 2:  # noqa: PLR2004  # one balance proves nothing
        return
    forwards, backwards = first_gap(lines), first_gap(lines[::-1])
    if forwards is None or backwards is None:
        return
    raise RuleBroken(
        f"The balances do not add up at {forwards.place}: the balance before it and {forwards.amount} do not "
        f"make {forwards.balance}. A line is missing or was changed. Download the statement again.",
        FIELD,
    )


def first_gap(lines: Sequence[ReadLine]) -> ReadLine | None:
    """The first line whose balance does not follow from the one before it; each must say one."""
    for before, line in pairwise(lines):
        assert before.balance is not None, "every line says one"
        if before.balance + line.amount != line.balance:
            return line
    return None


def _check_total(read: ReadStatement) -> None:
    """What was there at the start and all movements make what was there at the end."""
    if read.opening is None or read.closing is None:
        return
    moved = _sum(read.lines)
    if read.closing - read.opening not in {moved, _sum(each_once(read.lines))}:
        raise RuleBroken(
            f"The statement does not add up: it begins with {read.opening}, its movements come to {moved}, "
            f"and it ends with {read.closing} instead of {read.opening + moved}. A line is missing or was "
            "changed. Download the statement again.",
            FIELD,
        )


def _sum(lines: Iterable[ReadLine]) -> Money:
    return Money.total(line.amount for line in lines)


def each_once(lines: Iterable[ReadLine]) -> list[ReadLine]:
    """The lines, without those that repeat another: the same number of the bank, day and amount."""
    known: set[tuple[str, date, Money]] = set()
    kept = []
    for line in lines:
        key = (line.bank_id, line.booked_on, line.amount)
        if not line.bank_id or key not in known:
            kept.append(line)
        known.add(key)
    return kept


def real_lines(read: ReadStatement) -> list[ReadLine]:
    """The movements of a statement that was checked: a line that stands there twice is taken once.

    Unless its balances prove that the bank counts both: some banks give several movements one number.
    """
    proven = read.opening is not None and read.closing is not None
    if proven and read.closing == _after(read):
        return list(read.lines)
    return each_once(read.lines)


def _after(read: ReadStatement) -> Money | None:
    return None if read.opening is None else read.opening + _sum(read.lines)


def identities(lines: Iterable[ReadLine], own: OwnAccount) -> list[tuple[str, ReadLine]]:
    """The lines of a file with what tells each apart for good: the same line in another file has the same.

    The bank's own number, day and amount; without a number day, amount and words. Of lines alike the
    first, the second and so on are different ones.
    """
    alike: Counter[str] = Counter()
    found = []
    for line in lines:
        told = f"id {line.bank_id}" if line.bank_id else f"{_plain(line.payer)} {_plain(line.reference)}"
        words = f"{own.digits}|{line.booked_on}|{line.amount.pence}|{told}"
        alike[words] += 1
        found.append((hashlib.sha256(f"{words}|{alike[words]}".encode()).hexdigest(), line))
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.casefold())


def shortened(text: str) -> str:
    """A text of a bank's file on one line, no longer than we keep."""
    return " ".join(text.split())[:LONGEST_TEXT]


def unreadable(kind: Format) -> RuleBroken:
    """What to say about a file that looks like one of a kind and cannot be read as it."""
    return RuleBroken(
        f"The file looks like {FORMAT_LABELS[kind]} and cannot be read. Download it from the bank again, or "
        "choose another format there.",
        FIELD,
    )
