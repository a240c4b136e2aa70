"""Statements of schools' bank accounts as files, imported by the school's finance lead."""

import uuid
from datetime import date
from typing import NamedTuple

from invoicing.bank import actions, queries
from invoicing.bank.models import BankLine
from marketplace.alliance.models import School as SchoolRow
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from tests.make.alliance import School


class Movement(NamedTuple):
    """A movement of a statement in pence; money in is positive. The bank's number is made up unless given."""

    pence: int
    payer: str = "Beech Primary School"
    reference: str = ""
    day: date | None = None
    bank_id: str = ""


def camt(
    school: School, *movements: Movement, opening: int = 100_000, closing: int | None = None, **said: str
) -> bytes:
    """A CAMT.053 statement of the school's own account, whose balances add up unless `closing` is given."""
    row = db.session().get_one(SchoolRow, school.id)
    account = said.get("account", f"GB00WEAL{row.sort_code.replace('-', '')}{row.account_number}")
    end = opening + sum(one.pence for one in movements) if closing is None else closing
    entries = "".join(_entry(one, place) for place, one in enumerate(movements, start=1))
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{said.get('currency', 'GBP')}</Ccy></Acct>"
        f"{_balance('OPBD', opening)}{_balance('CLBD', end)}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, pence: int) -> str:
    sign = "CRDT" if pence >= 0 else "DBIT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="GBP">{_pounds(pence)}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>'
    )


def _pounds(pence: int) -> str:
    return f"{abs(pence) // 100}.{abs(pence) % 100:02d}"


def _entry(one: Movement, place: int) -> str:
    sign, side = ("CRDT", "Dbtr") if one.pence >= 0 else ("DBIT", "Cdtr")
    return (
        f'<Ntry><Amt Ccy="GBP">{_pounds(one.pence)}</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>{one.day or clock.today()}</Dt></BookgDt>"
        f"<AcctSvcrRef>{one.bank_id or f'{one.reference}{place}'}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties><{side}><Nm>{one.payer}</Nm></{side}></RltdPties>"
        f"<RmtInf><Ustrd>{one.reference}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def import_statement(school: School, content: bytes, name: str = "november.xml") -> uuid.UUID:
    """A file imported by the school's finance lead; the id of the statement that it is kept as."""
    return actions.import_statement(school.finance_lead, new_id(), school.id, name, content)


def money_in(school: School, *movements: Movement) -> list[uuid.UUID]:
    """The lines of a statement with these movements, in their order."""
    statement_id = import_statement(school, camt(school, *movements))
    db.session().rollback()
    return [one.id for one in queries.get_statement(db.session(), school.finance_lead, statement_id).lines]


def bank_line(line_id: uuid.UUID) -> BankLine:
    """The line as it is stored now."""
    db.session().expire_all()
    return db.session().get_one(BankLine, line_id)
