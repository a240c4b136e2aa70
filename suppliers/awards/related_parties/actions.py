"""Recording a related party before an award is confirmed."""

from __future__ import annotations

import uuid

from marketplace.core import clock, events, policy
from marketplace.core.db import transaction
from marketplace.core.errors import RuleBroken
from marketplace.core.policy import Act, Actor
from suppliers.awards import queries as awards
from suppliers.awards.related_parties import queries, rules
from suppliers.awards.related_parties.models import RelatedParty
from suppliers.awards.related_parties.rules import Reported
from suppliers.awards.standstill.rules import BEFORE_CONTRACTS
from suppliers.evaluation import queries as evaluation


def declare_related_party(
    actor: Actor, related_id: uuid.UUID, tender_id: uuid.UUID, pair: str, reported: Reported
) -> None:
    """Record that a winner is related to a school that buys, with the reference of the report.

    `pair` names both, as `queries.Pair.key`. Raises RuleBroken without the approval that a larger contract
    needs, and once the award is confirmed.
    """
    with transaction() as session:
        tender = evaluation.get_tender(session, tender_id, evaluation.visible_to(actor), lock=True)
        policy.require(actor, Act.RELATED_PARTY_DECLARE, tender.alliance_id)
        if session.get(RelatedParty, related_id) is not None:
            return
        if tender.status not in BEFORE_CONTRACTS:
            raise RuleBroken(
                "Related parties are recorded between the approval of an award and its confirmation."
            )
        known = {
            one.key: one for one in queries.pairs(session, tender, awards.live_awards(session, tender_id))
        }
        if pair not in known:
            raise RuleBroken("Choose the school and the supplier.", "pair")
        chosen = known[pair]
        if any(
            (one.school_id, one.supplier_id) == (chosen.school_id, chosen.supplier_id)
            for one in queries.recorded(session, tender_id)
        ):
            raise RuleBroken("This related party is recorded already.", "pair")
        rules.check_reported(reported, chosen.part, clock.today())
        session.add(
            RelatedParty(
                id=related_id,
                tender_id=tender_id,
                school_id=chosen.school_id,
                supplier_id=chosen.supplier_id,
                report_reference=reported.report_reference,
                reported_on=reported.reported_on,
                is_state_school=reported.is_state_school,
                others=reported.others,
                approval_reference=reported.approval_reference,
                part=chosen.part,
                declared_by=actor.person_id,
                declared_at=clock.now(),
            )
        )
        session.flush()
        events.record(
            session,
            actor,
            Act.RELATED_PARTY_DECLARE,
            tender_id,
            organisation_id=chosen.school_id,
            supplier_id=chosen.supplier_id,
            notice=reported.report_reference,
        )
