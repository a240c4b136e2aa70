"""Confirming declarations, as a step of submitting a quote."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.core.clock import LONDON
from marketplace.core.errors import RuleBroken
from suppliers.profiles.declarations.grounds import edition_on
from suppliers.profiles.declarations.queries import latest
from suppliers.profiles.declarations.rules import check_current
from suppliers.quotes.declarations.models import QuoteDeclaration
from suppliers.quotes.declarations.rules import MAKE_FIRST, Confirmed, check_confirmed
from suppliers.quotes.models import Quote


def confirm(
    session: Session, quote: Quote, person_id: uuid.UUID, moment: datetime, confirmed: Confirmed
) -> None:
    """Tie a quote to the declarations of its supplier as they are now. A shared step. Raises RuleBroken."""
    standing = latest(session, quote.supplier_id)
    if standing is None:
        raise RuleBroken(MAKE_FIRST)
    check_current(standing.holds_from, edition_on(moment.astimezone(LONDON).date()))
    checked = check_confirmed(confirmed)
    session.add(
        QuoteDeclaration(
            quote_id=quote.id,
            declaration_id=standing.id,
            conflict=checked.conflict,
            sub_contractors=list(checked.sub_contractors),
            confirmed_by=person_id,
            confirmed_at=moment,
        )
    )
    session.flush()
