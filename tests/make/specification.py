"""Requirements of a joint tender, and what schools say of them."""

import uuid

from marketplace.core.ids import new_id
from marketplace.tenders.specification import actions
from marketplace.tenders.specification.rules import Mark
from tests.make.alliance import School
from tests.make.commitments import commitment
from tests.make.tenders import Tender


def requirement(tender: Tender, text: str, lot_id: uuid.UUID | None = None) -> uuid.UUID:
    """The coordinator writes one more requirement into the draft; its id."""
    requirement_id = new_id()
    actions.add_requirement(
        tender.alliance.coordinator, tender.id, tender.version, requirement_id, text=text, lot_id=lot_id
    )
    return requirement_id


def mark(tender: Tender, school: School, marks: dict[uuid.UUID, Mark], reason: str = "") -> None:
    """A school's bursar says what it needs."""
    actions.mark_requirements(
        school.bursar, tender.id, school.id, commitment(tender, school).version, marks, reason=reason
    )
