"""From an evidenced baseline to what was saved, page by page, and on into the annual pack."""

import io
import uuid
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy.orm import Session

from invoicing.annual_pack.queries import annual_pack
from invoicing.fund.statements import academic_year
from invoicing.savings import queries
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.core.policy import Actor
from tests import make
from tests.make import fund as making
from tests.web.client import Client

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def browse(client_for: Callable[[uuid.UUID | None], Client]) -> Browse:
    return lambda actor: client_for(actor.person_id)


def days(start: date, end: date) -> dict[str, int]:
    return {
        f"{name}-{part}": getattr(day, part)
        for name, day in (("starts_on", start), ("ends_on", end))
        for part in ("day", "month", "year")
    }


def test_a_school_shows_what_its_contract_saved_and_the_alliance_adds_up(
    browse: Browse, session: Session
) -> None:
    alliance = make.alliance(schools=2)
    school, other = alliance.schools
    contract_id = make.contract(school, title="Meals").id
    make.contract(other, title="Cleaning")
    address = f"/savings/contracts/{contract_id}"
    bursar = browse(school.bursar)
    assert "nothing of this contract is counted as saved" in bursar.get(address).words
    form = bursar.get(f"{address}/baseline").form()
    form.fill(amount="12,000", source=" ", quantity="3000", unit="meals", rise="5")
    page = bursar.submit(form, status=422)
    assert page.errors() == {"source": "Say where the figure is written."}
    form = page.form()
    form.fill(source="Last year’s invoices", document=(io.BytesIO(making.PDF), "bills.pdf"))
    page = bursar.submit(form, status=422)
    assert "Say what shows the rise" in page.words
    form = page.form()
    form.fill(rise_source="Letter of 3 March", document=(io.BytesIO(making.PDF), "bills.pdf"))
    page = bursar.submit(form)
    assert "You entered the baseline" in page.words
    assert bursar.download(f"{address}/evidence").data == making.PDF
    start = session.get_one(Contract, contract_id).starts_on
    form = bursar.get(f"{address}/invoiced").form()
    form.fill(amount="1,100", quantity="250", source="1041", **days(start, clock.today()))
    page = bursar.submit(form)
    assert "You entered £1,100.00 of invoices" in page.words
    session.rollback()
    found = queries.of_contract(session, school.bursar, contract_id)
    assert found.saving.price + found.saving.volume + found.saving.avoided == found.saving.total
    assert (found.saving.price, found.saving.avoided) == (Money(-100_00), Money(50_00)), (
        "250 meals were £1,000"
    )
    assert "−£100.00" in page.words or "-£100.00" in page.words
    form = bursar.get(f"{address}/invoiced").form()
    form.fill(amount="1", quantity="1", source="1042", **days(start, start))
    assert "has been entered already" in bursar.submit(form, status=422).words
    page = browse(alliance.auditor).get(f"/savings/alliances/{alliance.id}")
    assert str(found.saving.total) in page.words
    whole = queries.of_alliance(session, alliance.auditor, alliance.id)
    assert whole.whole.saving == found.saving, "the contract without a baseline is not counted"
    pack = annual_pack(session, alliance.auditor, alliance.id, academic_year(clock.today()))
    assert pack.invoiced.whole.saving == found.saving
    browse(other.bursar).get(address, status=404)
    browse(school.governor).get(f"{address}/baseline", status=403)
    stranger = browse(make.alliance(schools=1, name="Elsewhere").auditor)
    stranger.get(f"/savings/alliances/{alliance.id}", status=404)
    (button,) = [text for text in bursar.get(address).texts("button") if text.startswith("Take back")]
    bursar.submit(bursar.get(address).form(button))
    session.rollback()
    assert not queries.of_contract(session, school.bursar, contract_id).lines
