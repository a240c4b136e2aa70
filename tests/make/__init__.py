"""Builders: each makes its thing by the actions that people use, so nothing is in an impossible state."""

from tests.make.alliance import Alliance, School, actor, alliance, import_schools, person, register, school
from tests.make.contracts import contract, contract_content
from tests.make.needs import approved_need, content, draft_need, need, submitted_need
from tests.make.tenders import (
    PRICE_AND_QUALITY,
    PRICE_ONLY,
    Tender,
    close_tender,
    closed_tender,
    confirmed_tender,
    draft_tender,
    joining_tender,
    lot,
    published_tender,
    working_moment,
)

__all__ = [
    "PRICE_AND_QUALITY",
    "PRICE_ONLY",
    "Alliance",
    "School",
    "Tender",
    "actor",
    "alliance",
    "approved_need",
    "close_tender",
    "closed_tender",
    "confirmed_tender",
    "content",
    "contract",
    "contract_content",
    "draft_need",
    "draft_tender",
    "import_schools",
    "joining_tender",
    "lot",
    "need",
    "person",
    "published_tender",
    "register",
    "school",
    "submitted_need",
    "working_moment",
]
