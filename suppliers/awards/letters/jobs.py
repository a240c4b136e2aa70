"""PDFs of letters, drawn by the clock, so that nobody waits for them while letters go out."""

from __future__ import annotations

from marketplace.core.db import db
from suppliers.awards.letters import actions, documents, queries
from suppliers.awards.letters.models import Letter


def draw_letters() -> int:
    """Draw and keep the PDF of each letter that was sent and has none; returns how many.

    A document is drawn outside the transaction that keeps it: drawing takes a while, and others write
    meanwhile.
    """
    drawn = 0
    session = db.session()
    while letter_id := queries.next_to_draw(session):
        document = documents.pdf_of(session.get_one(Letter, letter_id))
        session.rollback()
        actions.keep_document(letter_id, document)
        drawn += 1
    session.rollback()
    return drawn
