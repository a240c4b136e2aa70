"""The pages on which a supplier is asked about a low price, explains it, and the panel concludes."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import RuleBroken
from marketplace.core.mail import Message
from marketplace.core.policy import Actor
from suppliers.awards.actions import recommend_award
from suppliers.awards.rules import Recommendation
from suppliers.evaluation.low_prices import actions
from suppliers.evaluation.low_prices.models import PriceInquiry
from suppliers.quotes.rules import QuoteStatus
from tests import make
from tests.make import Contest
from tests.web.client import Client

AsPerson = Callable[[Actor], Client]
PRICES = ("1.5000", "2.4000", "2.5000", "2.7500")
ANSWER = "Our own kitchen – „Kräuter“ & bread; 12 staff, £13.50 an hour."
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def as_person(client_for: Callable[[uuid.UUID | None], Client]) -> AsPerson:
    return lambda actor: client_for(actor.person_id)


def address(contest: Contest, step: str, place: int = 0) -> str:
    return f"/quotes/{contest.quotes[place]}/price/{step}"


def ask(as_person: AsPerson, contest: Contest) -> None:
    coordinator = as_person(contest.coordinator)
    comparison = coordinator.get(f"/tenders/{contest.tender.id}/comparison")
    quote = coordinator.get(comparison.links()[contest.suppliers[0].name])
    page = coordinator.get(quote.links()[f"Ask {contest.suppliers[0].name} to explain its price"])
    asked = coordinator.submit(page.form("Ask Supplier 1"))
    assert "You asked Supplier 1 to explain its price." in asked.words


def test_a_low_price_is_asked_about_explained_and_accepted(as_person: AsPerson, session: Session) -> None:
    contest = make.price_contest(prices=PRICES)
    wanted = Recommendation(contest.quotes[0], "The lowest price.")
    make.review_interests(contest.tender)

    def recommend(quote_id: uuid.UUID = contest.quotes[0]) -> None:
        version = contest.tender.version
        recommend_award(contest.coordinator, contest.tender.id, version, replace(wanted, quote_id=quote_id))

    for quote_id in contest.quotes[:2]:
        with pytest.raises(RuleBroken, match="Ask it to explain its price"):
            recommend(quote_id)
    ask(as_person, contest)
    with pytest.raises(RuleBroken, match="Supplier 1 may explain its abnormally low price until"):
        recommend()
    mail = session.scalars(select(Message).where(Message.subject.contains("Please explain"))).all()
    assert {one.recipient for one in mail} == {contest.suppliers[0].email}
    assert "1.50" not in mail[0].body
    supplier = as_person(contest.suppliers[0].admin)
    page = supplier.get(supplier.get("/").links()["Explain your price: School meals"])
    assert "section 19" in page.words
    refused = supplier.submit(page.form("Send the explanation").fill(explanation=" "), status=422)
    assert list(refused.errors()) == ["explanation"]
    supplier.submit(refused.form("Send the explanation").fill(explanation=ANSWER))
    assert "Explain your price: School meals" not in supplier.get("/").links()

    coordinator = as_person(contest.coordinator)
    page = coordinator.get(coordinator.get("/").links()["Conclude on the price of Supplier 1"])
    assert ANSWER in page.words
    assert "An explanation was asked for" in coordinator.get(f"/tenders/{contest.tender.id}/comparison").words
    refused = coordinator.get(f"/tenders/{contest.tender.id}/award/recommend")
    assert "Supplier 1 has explained its abnormally low price. Record what the panel" in refused.words
    assert refused.links()["Open the quote of Supplier 1"] == f"/quotes/{contest.quotes[0]}/assessment"
    form = page.form("Record the conclusion").fill(conclusion="accepted", reason="Shown with its wages.")
    comparison = coordinator.submit(form)
    assert "Accepted by the panel" in comparison.words
    assert make.quote(contest.quotes[0]).status is QuoteStatus.OPENED
    board = as_person(contest.tender.schools[2].headteacher).get(f"/quotes/{contest.quotes[0]}/assessment")
    assert ANSWER in board.words
    assert "Shown with its wages." in board.words
    assert "Explain the price" not in comparison.words
    assert "An explanation was asked for" not in comparison.words
    recommend()
    award = coordinator.get(f"/tenders/{contest.tender.id}/award")
    assert "asked the supplier to explain it, and accepted it" in award.words


def test_a_quote_is_excluded_for_its_price_only_by_the_panel_and_after_the_answer(
    as_person: AsPerson,
) -> None:
    contest = make.price_contest(prices=PRICES)
    assert make.quote(contest.quotes[0]).status is QuoteStatus.OPENED
    ask(as_person, contest)
    coordinator = as_person(contest.coordinator)
    page = coordinator.get(address(contest, "conclude"))
    wanted = page.form("Record the conclusion").fill(conclusion="excluded", reason="No wages were shown.")
    refused = coordinator.submit(wanted, status=422)
    assert list(refused.errors()) == ["conclusion"]
    assert make.quote(contest.quotes[0]).status is QuoteStatus.OPENED
    actions.explain_price(contest.suppliers[0].admin, contest.quotes[0], "We are cheap.", 1)
    overtaken = coordinator.submit(refused.form("Record the conclusion"), status=409)
    coordinator.submit(overtaken.form("Record the conclusion"))
    out = make.quote(contest.quotes[0])
    assert (out.status, out.exclusion_reason) == (QuoteStatus.EXCLUDED, "No wages were shown.")
    assert len(contest.comparison.offers) == 3
    late = as_person(contest.suppliers[0].admin).post(
        address(contest, "explain"), {"explanation": "Wait!", "version": "3"}, status=422
    )
    assert "concluded" in late.words


def test_nobody_else_asks_explains_or_reads(as_person: AsPerson) -> None:
    contest = make.price_contest(prices=PRICES)
    ask(as_person, contest)
    for person in (contest.suppliers[1].admin, contest.coordinator):
        as_person(person).get(address(contest, "explain"), status=404)
    for person in (contest.suppliers[0].admin, make.alliance(name="Other").coordinator):
        for step in ("ask", "conclude"):
            as_person(person).get(address(contest, step), status=404)
    for step in ("ask", "conclude"):
        as_person(contest.alliance.auditor).get(address(contest, step), status=403)
    actions.ask_about_price(contest.coordinator, contest.quotes[0], "Again?", None)
    assert make.fresh().scalars(select(PriceInquiry.question)).one() != "Again?"
