"""Recording grants. It locks the fund's row first, as whatever moves its money does."""

from __future__ import annotations

import uuid

from invoicing.fund import books, queries, rules
from invoicing.fund.grants import rules as grant_rules
from invoicing.fund.grants.models import Grant
from invoicing.fund.grants.rules import Gift
from invoicing.ledger import actions as ledger
from marketplace.core import clock, documents, events, policy
from marketplace.core.db import transaction
from marketplace.core.documents import Upload
from marketplace.core.ids import next_reference
from marketplace.core.policy import Act, Actor


def record_grant(actor: Actor, grant_id: uuid.UUID, fund_id: uuid.UUID, gift: Gift, evidence: Upload) -> None:
    """Record that a grant has come into the fund's bank account, with the giver's letter as evidence."""
    with transaction() as session:
        fund = queries.get_fund(session, actor, fund_id, lock=True)
        policy.require(actor, Act.GRANT_RECORD, fund.alliance_id)
        if session.get(Grant, grant_id):
            return
        grant_rules.check_giver(gift.kind)
        grant_rules.check_received_on(gift.received_on, fund.opened_on, clock.today())
        file = documents.keep(session, evidence, field="evidence", endings=rules.EVIDENCE_ENDINGS)
        now = clock.now()
        reference = next_reference(session, "FG", now)
        entry = ledger.post(
            session,
            grant_id,
            posted_on=gift.received_on,
            description=f"Grant of {gift.giver}: {gift.title}",
            source_id=grant_id,
            legs=books.grant(fund, gift.purpose, gift.amount),
        )
        assert actor.person_id, "people record grants"
        session.add(
            Grant(
                id=grant_id,
                reference=reference,
                fund_id=fund.id,
                title=gift.title,
                kind=gift.kind,
                giver=gift.giver,
                purpose=gift.purpose,
                amount=gift.amount,
                received_on=gift.received_on,
                evidence_sha256=file.sha256,
                evidence_name=documents.plain_name(evidence.name),
                recorded_by=actor.person_id,
                recorded_at=now,
                entry_id=entry.id,
            )
        )
        session.flush()
        events.record(session, actor, Act.GRANT_RECORD, grant_id, organisation_id=fund.alliance_id)
