"""Long lists cost no more questions to the database than short ones."""

from collections.abc import Callable
from typing import Any

from marketplace.core import clock
from marketplace.core.db import db
from tests import make
from tests.web.client import Client, listening


def queries_of(site: Client, path: str) -> int:
    with listening(db.engine) as heard:
        site.get(path)
    return len(heard)


def test_pages_of_suppliers_and_openers_ask_the_same_number_of_questions(
    client_for: Callable[[Any], Client],
) -> None:
    alliance = make.alliance(schools=2)
    supplier = make.supplier()

    def add_tenders() -> make.Tender:
        begun, sent = (make.published_tender(alliance, criteria=make.PRICE_ONLY) for _ in range(2))
        make.draft_quote(begun, supplier)
        make.submitted_quote(sent, supplier)
        make.submitted_quote(sent, make.supplier())
        make.close_tender(sent)
        make.published_tender(alliance, criteria=make.PRICE_ONLY)
        return sent

    site = client_for(supplier.admin.person_id)
    tender = add_tenders()
    opener, coordinator = client_for(tender.openers[0].person_id), client_for(alliance.coordinator.person_id)

    def counted() -> list[int]:
        with clock.travelling(tender.closes_at):
            late = [queries_of(opener, "/"), queries_of(coordinator, f"/tenders/{tender.id}/opening")]
        return [
            queries_of(site, "/quotes"),
            queries_of(site, "/"),
            queries_of(coordinator, "/suppliers"),
            *late,
        ]

    counted()
    few = counted()
    for _ in range(2):
        add_tenders()
    assert counted() == few
