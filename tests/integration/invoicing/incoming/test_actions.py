"""A supplier's invoice is taken once, by the school it is made out to, and decided about once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from invoicing.incoming import actions, queries
from invoicing.incoming.rules import DocumentStatus
from marketplace.core import storage
from marketplace.core.errors import Forbidden, NotFound, RuleBroken, Stale
from marketplace.core.ids import new_id
from marketplace.core.policy import Role
from tests import make
from tests.make import incoming as making


def test_an_invoice_is_kept_once_and_decided_about_once(app: Flask, session: Session) -> None:  # noqa: ARG001
    everybody = make.alliance(2)
    alder, beech = everybody.schools
    content = making.supplier_ubl(alder.name)
    invoice_id = making.received(alder, content)
    actions.receive_invoice(alder.bursar, invoice_id, alder.id, "again.xml", content)
    taken = making.supplier_invoice(invoice_id)
    assert storage.read(taken.sha256) == content
    for again in (content, making.supplier_cii(alder.name, number="inv 1041")):
        with pytest.raises(RuleBroken, match="has been taken before"):
            making.received(alder, again)
    with pytest.raises(RuleBroken, match=f"is made out to {alder.name}"):
        making.received(beech, content)
    with pytest.raises(Forbidden):
        actions.receive_invoice(alder.headteacher, new_id(), alder.id, "x.xml", content)
    with pytest.raises(NotFound):
        queries.get_invoice(session, beech.bursar, invoice_id)
    auditor = make.person(everybody.id, Role.AUDITOR)
    assert queries.get_invoice(session, auditor, invoice_id).number == "INV-1041"

    with pytest.raises(Stale):
        actions.reject_invoice(alder.bursar, invoice_id, 0, reason="Two days were not worked.")
    actions.reject_invoice(alder.bursar, invoice_id, 1, reason="Two days were not worked.")
    actions.reject_invoice(alder.bursar, invoice_id, 1, reason="Two days were not worked.")
    assert making.supplier_invoice(invoice_id).status is DocumentStatus.REJECTED
    with pytest.raises(RuleBroken, match="This is rejected now"):
        actions.accept_invoice(
            alder.finance_lead, invoice_id, 2, contract_id=None, order_number="", reason="Fine"
        )

    corrected = making.received(alder, content)
    foreign = make.contract(beech).id
    with pytest.raises(RuleBroken, match="of your own school’s register"):
        actions.accept_invoice(
            alder.bursar, corrected, 1, contract_id=foreign, order_number="", reason="Fine"
        )
    contract_id = make.contract(alder).id
    actions.accept_invoice(
        alder.bursar, corrected, 1, contract_id=contract_id, order_number="PO-77", reason="Counted."
    )
    assert making.supplier_invoice(corrected).contract_id == contract_id
