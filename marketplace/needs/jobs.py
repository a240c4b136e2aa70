"""What happens to needs when news arrives."""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace.alliance.decisions.about import subject_of
from marketplace.alliance.decisions.rules import Subject
from marketplace.core.events import Event
from marketplace.needs import notices
from marketplace.needs.models import Need
from marketplace.needs.rules import NeedStatus


def ask_once_confirmed(session: Session, event: Event) -> None:
    """Once the governing body has confirmed a need, ask its headteacher for approval."""
    subject, need_id = subject_of(event)
    if subject is not Subject.NEED:
        return
    need = session.get_one(Need, need_id)
    if need.status is NeedStatus.SUBMITTED:
        notices.ask_for_approval(session, need, event.actor_name, event.actor_id)
