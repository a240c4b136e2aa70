"""Reminding coordinators of notices that are owed."""

from __future__ import annotations

from marketplace.alliance.queries import people_with_role
from marketplace.core import clock, events, mail, policy
from marketplace.core.db import transaction
from marketplace.core.policy import SYSTEM, Act, Role
from marketplace.core.web import day
from marketplace.tenders.uk_notices.reminders import queries
from marketplace.tenders.uk_notices.reminders.models import NoticeReminder
from marketplace.tenders.uk_notices.rules import NOTICES


def remind_of_notices() -> int:
    """Remind coordinators of each notice that is owed, twice at most; returns how many reminders went."""
    with transaction() as session:
        policy.require(SYSTEM, Act.NOTICE_REMIND)
        found = queries.due(session)
        for owed, which in found:
            session.add(
                NoticeReminder(
                    tender_id=owed.tender.id,
                    kind=owed.kind,
                    contract=owed.contract_id,
                    due_on=owed.due_on,
                    reminder=which,
                    given_on=clock.today(),
                )
            )
            for person in people_with_role(session, [owed.tender.alliance_id], Role.COORDINATOR):
                mail.write(
                    session,
                    person.email,
                    f"{NOTICES[owed.kind].name} due by {day(owed.due_on)}: {owed.about}",
                    "notices_owed.txt",
                    person_name=person.name,
                    tender=owed.tender,
                    about=owed.about,
                    words=NOTICES[owed.kind],
                    kind=owed.kind.value,
                    due_on=owed.due_on,
                )
            session.flush()
            events.record(
                session,
                SYSTEM,
                Act.NOTICE_REMIND,
                owed.tender.id,
                organisation_id=owed.tender.alliance_id,
                notice=f"{owed.kind}, {NOTICES[owed.kind].name.lower()}",
                due_on=owed.due_on,
            )
        return len(found)
