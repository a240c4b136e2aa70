"""Which reminders are due and were not given."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.alliance.models import Organisation
from marketplace.core import clock
from marketplace.core.policy import Kind
from marketplace.tenders.uk_notices import duties
from marketplace.tenders.uk_notices.duties import Owed
from marketplace.tenders.uk_notices.reminders.models import NoticeReminder
from marketplace.tenders.uk_notices.reminders.rules import Reminder, reminder
from marketplace.tenders.uk_notices.rules import NoticeKind


def due(session: Session) -> list[tuple[Owed, Reminder]]:
    """Notices of which a coordinator has to be reminded now. A change is owed at once, so it has one."""
    alliances = session.scalars(select(Organisation.id).where(Organisation.kind == Kind.ALLIANCE)).all()
    today = clock.today()
    found = []
    for one in duties.owed_by(session, alliances):
        which = Reminder.LAST if one.kind is NoticeKind.CHANGE else reminder(one.due_on, today)
        if not _given(session, one, which):
            found.append((one, which))
    return found


def _given(session: Session, one: Owed, which: Reminder) -> bool:
    query = select(NoticeReminder.given_on).where(
        NoticeReminder.tender_id == one.tender.id,
        NoticeReminder.kind == one.kind,
        NoticeReminder.contract == one.contract_id,
        NoticeReminder.reminder == which,
    )
    if one.kind is not NoticeKind.CHANGE:
        query = query.where(NoticeReminder.due_on == one.due_on)
    return session.scalars(query.limit(1)).first() is not None
