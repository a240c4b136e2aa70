"""What schools would pay alone. Load the tender as one that its reader may compare first."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from marketplace.core.money import Money
from marketplace.tenders.models import Tender
from suppliers.awards.by_schools.counting import alone
from suppliers.evaluation import queries as evaluation


def prices_alone(session: Session, tender: Tender) -> dict[uuid.UUID, Money]:
    """What each school would pay alone where one quote wins everything, over the whole term, before VAT."""
    basis = evaluation.basis_of(session, tender)
    quotes = evaluation.priced_quotes(session, tender.id)
    return alone(basis, quotes, evaluation.agreed_scores(session, tender.id))
