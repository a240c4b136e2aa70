"""A letter as PDF."""

from __future__ import annotations

from marketplace.core import printing, storage
from suppliers.awards.letters import rules
from suppliers.awards.letters.content import from_json
from suppliers.awards.letters.models import Letter


def pdf_of(letter: Letter) -> bytes:
    """The PDF of a letter: as it is kept, or drawn now. The same content gives the same bytes."""
    if letter.document_sha256:
        return storage.read(letter.document_sha256)
    content = from_json(letter.content)
    return printing.draw(
        "print/award_letter.html",
        issuer=content.alliance,
        reference=content.reference,
        letter=content,
        subject=rules.SUBJECTS[content.kind],
        sent_at=letter.sent_at,
    )
