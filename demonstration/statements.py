"""A statement of one school’s bank: a payment of too much that is matched, and one that waits to be."""

from __future__ import annotations

from datetime import date
from xml.sax.saxutils import escape

from sqlalchemy import select

from demonstration.cast import Cast, DemonstrationSchool
from demonstration.purchases import HARROW, MANOR
from invoicing.bank import actions, queries
from invoicing.bank.proposals.actions import propose_repayment
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import InvoiceStatus
from marketplace.alliance.models import School
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import ZERO, Money

IMPORTED = -2
OPENING = Money(18_204_17)
LUNCHES = Money(-1_316_40)
TOO_MUCH = Money(15_00)


def receive(cast: Cast) -> None:
    """The finance lead imports November's statement and matches the payment whose reference says for what."""
    school, harrow = cast.schools[MANOR], cast.schools[HARROW]
    with cast.calendar.on(IMPORTED):
        unpaid = _unpaid(school)
        named = next(one for one in unpaid if one.buyer_id != harrow.id)
        unnamed = next(one for one in unpaid if one.buyer_id == harrow.id)
        moved = [
            (named.outstanding + TOO_MUCH, named.buyer_name.upper(), f"INV {named.number}"),
            (unnamed.outstanding, "HARROW HILL PRIMARY", "MINIBUS SWIMMING"),
            (LUNCHES, "Bramley Catering Supplies", "Direct debit"),
        ]
        statement_id = actions.import_statement(
            school.finance_lead, new_id(), school.id, "statement-november.xml", _camt(school, moved)
        )
        db.session().rollback()
        lines = queries.get_statement(db.session(), school.finance_lead, statement_id).lines
        first = next(line for line in lines if named.number and named.number in line.reference)
        actions.match_payment(school.finance_lead, first.id, first.version, [named.id], TOO_MUCH)
        propose_repayment(
            school.bursar,
            new_id(),
            school.id,
            named.buyer_id,
            amount=TOO_MUCH,
            reason="They paid £15.00 too much, and ask for it back.",
        )


def _unpaid(school: DemonstrationSchool) -> list[Invoice]:
    session = db.session()
    session.rollback()
    wanted = select(Invoice).where(Invoice.issuer_id == school.id, Invoice.status == InvoiceStatus.ISSUED)
    return list(session.scalars(wanted.order_by(Invoice.id)))


def _camt(school: DemonstrationSchool, moved: list[tuple[Money, str, str]]) -> bytes:
    """The statement as a bank gives it, in the XML of ISO 20022."""
    row = db.session().get_one(School, school.id)
    closing = OPENING + Money.total(amount for amount, _, _ in moved)
    entries = "".join(_entry(clock.today(), place, *one) for place, one in enumerate(moved, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><Othr><Id>{row.sort_code} {row.account_number}</Id></Othr></Id><Ccy>GBP</Ccy></Acct>"
        f"{_balance('OPBD', OPENING)}{_balance('CLBD', closing)}{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, amount: Money) -> str:
    return f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(amount)}</Bal>"


def _amount(amount: Money) -> str:
    sign = "CRDT" if amount >= ZERO else "DBIT"
    return f'<Amt Ccy="GBP">{max(amount, -amount).pounds}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _entry(day: date, place: int, amount: Money, other: str, reference: str) -> str:
    side = "Dbtr" if amount > ZERO else "Cdtr"
    return (
        f"<Ntry>{_amount(amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>"
        f"<AcctSvcrRef>AMS-{day:%y%m%d}-{place:04d}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<RltdPties><{side}><Pty><Nm>{escape(other)}</Nm></Pty></{side}></RltdPties>"
        f"<RmtInf><Ustrd>{escape(reference)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )
