"""Sending the head of the record to those whose data stands in it."""

from __future__ import annotations

import uuid

from marketplace.alliance.record.heads import queries, rules
from marketplace.core import clock, events, mail, policy
from marketplace.core.chain import head_of
from marketplace.core.db import transaction
from marketplace.core.policy import SYSTEM, Act

NOBODY = uuid.UUID(int=0)
"""A head is of the whole record, which belongs to nobody in particular."""


def send_heads() -> int:
    """Write to each organisation with new entries, on Mondays to all, once a day; returns to how many."""
    with transaction() as session:
        policy.require(SYSTEM, Act.HEAD_SEND)
        events.hold_chain(session)
        sent = queries.last_sent(session)
        if queries.is_today(sent):
            return 0
        head, counted = head_of(session), queries.entries_since(session, sent.position if sent else 0)
        all_of_them = rules.is_for_all(clock.today())
        receiving = [
            one
            for one in rules.chosen(queries.holders(session))
            if all_of_them or counted[one.organisation_id]
        ]
        for holder in receiving:
            mail.write(
                session,
                holder.email,
                f"Proof of the record, entry {head.position:,}",
                "record_head.txt",
                person_name=holder.name,
                organisation=holder.organisation,
                entries=counted[holder.organisation_id],
                since=sent.at if sent else None,
                head=head,
            )
        if receiving:
            events.record(
                session,
                SYSTEM,
                Act.HEAD_SEND,
                NOBODY,
                position=head.position,
                head=head.hash,
                letters=len(receiving),
            )
        return len(receiving)
