"""The pages on which an award is recommended, approved, confirmed and read."""

import hashlib
import io
import uuid
import zipfile
from collections.abc import Callable

import pytest
from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import RuleBroken
from marketplace.core.mail import Message
from marketplace.core.policy import Actor
from marketplace.tenders import progress
from marketplace.tenders.lots.rules import Decided
from marketplace.tenders.rules import TenderStatus
from suppliers.awards import actions
from suppliers.awards.models import Award
from tests import make
from tests.make import Contest
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")
AsPerson = Callable[[Actor], Client]
UNICODE = "Beste Qualität – „frisch“ & günstig, 10 £ <i>je</i> Kind 🥕"


@pytest.fixture
def as_person(client_for: Callable[[uuid.UUID | None], Client]) -> AsPerson:
    return lambda actor: client_for(actor.person_id)


def path(contest: Contest, rest: str = "") -> str:
    return f"/tenders/{contest.tender.id}/award{rest}"


def test_from_comparison_to_contract_page_by_page(as_person: AsPerson) -> None:
    contest = make.priced_contest()
    coordinator = as_person(contest.coordinator)
    comparison = coordinator.get(
        coordinator.get("/").links()["Compare the quotes and recommend an award: School meals"]
    )
    page = coordinator.get(comparison.links()["Recommend an award"])
    form = page.form("Recommend to the schools")
    assert form.values["quote_id"] == str(contest.quotes[1])
    page = coordinator.submit(form.fill(reasons=UNICODE))
    assert "Two people of two schools decide now." in page.words
    assert UNICODE in page.words
    for school in contest.tender.schools[:2]:
        head = as_person(school.headteacher)
        task = head.get("/").links()["Approve the award or send it back: School meals"]
        page = head.get(head.get(task).links()["Approve the award"])
        page = head.submit(page.form("Approve the award"))
        assert "You approved the award." in page.words
        assert school.headteacher.name in page.words
        assert "Approve the award or send it back" not in head.get("/").words
    letters = coordinator.get(
        coordinator.get("/").links()["Read the letters to the bidders and send them: School meals"]
    )
    draft = coordinator.get(letters.links()["Supplier 1"])
    assert "Agreed reason for menus." in draft.words
    page = coordinator.submit(draft.form("I have read this draft").fill(note=UNICODE))
    page = coordinator.submit(page.form("I have read all 3 drafts"))
    page = coordinator.submit(page.form("Send all 3 letters now"))
    assert "You sent every bidder its result" in page.words
    page = coordinator.get(coordinator.get("/").links()["Confirm the award: School meals"])
    page = coordinator.submit(page.form("Confirm the award").fill(related="no"))
    assert "Each school has its contract in its register." in page.words
    school = contest.tender.schools[0]
    head = as_person(school.headteacher)
    contract = head.get(head.get(path(contest)).links()[school.name])
    assert "Supplier 2" in contract.words
    pack = head.download(contract.links()["Download the hand-over pack"])
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        names = set(archive.namelist())
        manifest = archive.read("manifest.csv").decode("utf-8-sig")
        for name in names - {"manifest.csv"}:
            assert hashlib.sha256(archive.read(name)).hexdigest() in manifest
        prices = archive.read("2 Volumes and prices.csv").decode("utf-8-sig")
    assert {"1 Contract.csv", "3 Supplier.csv", "Contract summary.pdf"} <= names
    assert {name.split("/")[0] for name in names if "/" in name} == {"Letters", "Quotes", "Tender documents"}
    assert "2.5" in prices
    assert pack.data == head.download(contract.links()["Download the hand-over pack"]).data
    as_person(contest.suppliers[0].admin).get(contract.links()["Download the hand-over pack"], status=404)
    assert "School meals" in head.get("/awards").links()
    for supplier, quote_id in zip(contest.suppliers, contest.quotes, strict=True):
        bidder = as_person(supplier.admin)
        result = bidder.get(bidder.get(f"/quotes/{quote_id}").links()["See your result"])
        assert "successful" in result.heading
        assert (UNICODE in result.words) == (quote_id == contest.quotes[0])
        assert ("not" in result.heading) == (quote_id != contest.quotes[1])
        assert "Agreed reason for menus." in result.words


def test_where_one_quote_wins_all_a_school_that_pays_more_than_alone_accepts_that_first(
    as_person: AsPerson,
) -> None:
    contest = make.unequal_contest(make.Divided(Decided.TOGETHER))
    tender = contest.tender
    first, second = tender.schools
    make.accept_low_prices(contest.coordinator, tender)
    coordinator = as_person(contest.coordinator)
    page = coordinator.get(path(contest, "/recommend"))
    more = f"{second.name}: £190.00 more"
    assert f"Supplier 1rank 1 {more} Supplier 2rank 2 {first.name}: £1,010.00 more" in page.words
    assert "from the quote that would then come first by the published formula" in page.words
    page = coordinator.submit(page.form("Recommend to the schools").fill(reasons="The least for all."))
    assert f"{second.name} £190.00 Not accepted yet" in page.words
    letters = make.fresh().scalars(select(Message).order_by(Message.id)).all()
    asked = {one.recipient: one.body for one in letters if "pay more than alone" in one.subject}
    assert len(asked) == len({second.headteacher, second.governor})
    assert all("pays £350.00 before VAT" in body and "£190.00 more" in body for body in asked.values())
    assert any(f"First {second.name} must accept" in one.body for one in letters)
    step = progress.next_step(make.fresh(), tender.row)
    assert f"{second.name} would pay more than alone" in step.text
    with pytest.raises(RuleBroken, match=f"{second.name} would pay more than alone"):
        actions.approve_award(first.headteacher, tender.id, tender.version)
    task = f"Say whether {second.name} accepts paying more than alone: School meals"
    assert task not in as_person(first.headteacher).get("/").words
    head = as_person(second.headteacher)
    page = head.get(head.get("/").links()[task])
    assert "By the award £350.00 before VAT, whole term Alone £160.00" in page.words
    page = head.submit(page.form("Accept the price").fill(reason=" "), status=422)
    page = head.submit(page.form("Accept the price").fill(reason="One kitchen is worth it."))
    assert f"{second.name} £190.00 One kitchen is worth it." in page.words
    assert task not in head.get("/").words
    again = head.get(path(contest, f"/schools/{second.id}/waive"))
    assert f"{second.headteacher.name} accepted this for the school: One kitchen is worth it." in again.words
    make.approve_award(contest)
    assert tender.row.status is not TenderStatus.RECOMMENDED


def test_a_recommendation_that_is_incomplete_comes_back_filled_in(as_person: AsPerson) -> None:
    contest = make.priced_contest()
    coordinator = as_person(contest.coordinator)
    form = coordinator.get(path(contest, "/recommend")).form("Recommend to the schools")
    page = coordinator.submit(form.fill(departure=UNICODE), status=422)
    assert page.errors() == {"reasons": "Enter the reasons"}
    again = page.form("Recommend to the schools")
    assert again.values["departure"] == UNICODE
    worst = contest.comparison.offers[-1].quote_id
    page = coordinator.submit(again.fill(quote_id=str(worst), reasons="Best.", departure=""), status=422)
    assert list(page.errors()) == ["departure"]
    assert page.form("Recommend to the schools").values["quote_id"] == str(worst)
    page = coordinator.submit(
        page.form("Recommend to the schools").fill(quote_id=str(uuid.uuid4())), status=422
    )
    assert "Choose one of the options on the list." in page.words
    page = coordinator.submit(page.form("Recommend to the schools").fill(quote_id="'"), status=422)
    assert not make.fresh().scalars(select(Award)).all()


def test_a_double_click_recommends_once(as_person: AsPerson) -> None:
    contest = make.priced_contest()
    coordinator = as_person(contest.coordinator)
    form = coordinator.get(path(contest, "/recommend")).form("Recommend to the schools").fill(reasons="Best.")
    for _ in range(2):
        assert "You recommended the award" in coordinator.submit(form).words
    assert len(make.fresh().scalars(select(Award)).all()) == 1


def test_who_may_not_decide_is_told_why(as_person: AsPerson) -> None:
    schools = make.alliance()
    scorer = schools.schools[2].headteacher
    contest = make.priced_contest(schools, evaluators=(scorer,))
    make.recommend_award(contest)
    one = contest.tender.schools[0]
    actions.approve_award(one.headteacher, contest.tender.id, contest.tender.version)
    page = as_person(one.governor).get(path(contest))
    assert "Your school has approved this award already." in page.words
    assert "Approve the award" not in page.links()
    as_person(one.governor).post(path(contest, "/approve"), {"version": "99"}, status=409)
    page = as_person(scorer).get(path(contest, "/approve"))
    assert "You scored quotes of this tender" in page.words
    version = str(contest.tender.version)
    as_person(scorer).post(path(contest, "/approve"), {"version": version}, status=403)
    as_person(one.bursar).get(path(contest, "/approve"), status=403)
    as_person(contest.coordinator).get(path(contest, "/approve"), status=403)
    as_person(one.headteacher).get(path(contest, "/confirm"), status=403)
    as_person(contest.alliance.auditor).get(path(contest, "/recommend"), status=403)
    assert contest.tender.row.status is TenderStatus.RECOMMENDED


def test_sending_back_needs_a_reason_and_shows_it(as_person: AsPerson) -> None:
    contest = make.recommended_contest()
    head = as_person(contest.tender.schools[0].headteacher)
    page = head.get(head.get(path(contest)).links()["Send it back"])
    refused = head.submit(page.form("Send it back"), status=422)
    assert refused.errors() == {"reason": "Enter the reason"}
    form = refused.form("Send it back").fill(reason=UNICODE)
    page = head.submit(form)
    assert "You sent the recommendation back." in page.words
    assert "Nothing is recommended yet" in page.words
    assert UNICODE in page.words
    again = head.submit(form)
    assert "No award is recommended now." in again.words


def test_from_award_notice_to_challenge_page_by_page(as_person: AsPerson) -> None:
    contest = make.recommended_contest(cpv="72400000")
    make.approve_award(contest)
    make.tell_bidders(contest)
    coordinator = as_person(contest.coordinator)
    task = coordinator.get("/").links()["Publish the award notice and enter its reference: School meals"]
    form = coordinator.get(task).form("Announce the award to every bidder")
    page = coordinator.submit(form, status=422)
    assert "reference" in page.errors()
    today = clock.today()
    day = {f"published_on-{part}": str(getattr(today, part)) for part in ("day", "month", "year")}
    form = page.form("Announce the award to every bidder")
    page = coordinator.submit(form.fill(reference=f"{today.year}/S 000-900001", **day))
    ends_on = contest.tender.row.standstill_ends_on
    assert ends_on
    words = f"{ends_on.day} {ends_on:%B %Y}"
    assert "working days are left" in page.words
    assert "Confirm the award" not in coordinator.get("/").words
    page = coordinator.get(path(contest, "/confirm"))
    assert f"The standstill lasts until the end of {words}." in page.words
    version = str(contest.tender.version)
    refused = coordinator.post(path(contest, "/confirm"), {"version": version}, status=422)
    assert "Confirm the award after that day" in refused.words
    supplier = as_person(contest.suppliers[0].admin).get(f"/quotes/{contest.quotes[0]}/summary")
    assert words in supplier.words
    assert not make.fresh().scalars(select(Contract)).all()
    form = coordinator.get(coordinator.get(path(contest)).links()["Record a challenge to this award"]).form(
        "Record the challenge and pause the award"
    )
    page = coordinator.submit(form.fill(challenger=UNICODE, by="claim", reference="HT-1"), status=422)
    assert list(page.errors()) == ["court"]
    form = page.form("Record the challenge and pause the award").fill(court="High Court")
    page = coordinator.submit(form)
    assert "Paused by a challenge" in page.words
    assert UNICODE in page.words
    form = coordinator.get(page.links()["Propose how it is settled"]).form("Propose it to the schools")
    coordinator.submit(form.fill(outcome="resumed", reason="Withdrawn."))
    head = as_person(contest.tender.schools[0].headteacher)
    task = head.get("/").links()["Decide about a challenge to the award: School meals"]
    page = head.submit(head.get(task).form("Agree to what is proposed"))
    assert "You agreed." in page.words
    assert "A challenge was settled" in page.words
    rest = task.removeprefix(path(contest))
    as_person(contest.tender.schools[0].bursar).get(path(contest, rest), status=403)

    form = coordinator.get(path(contest, "/challenge")).form("Record the challenge and pause the award")
    page = coordinator.submit(form.fill(challenger="Rival Ltd", by="letter", reference="Letter of today"))
    form = coordinator.get(page.links()["Propose how it is settled"]).form("Propose it to the schools")
    coordinator.submit(form.fill(outcome="again", reason="The quote was not read to its end."))
    task = head.get("/").links()["Decide about a challenge to the award: School meals"]
    page = head.submit(head.get(task).form("Agree to set the award aside"))
    assert "Somebody of another school agrees, too" in page.words
    assert "Decide about a challenge" not in head.get("/").words
    other = as_person(contest.tender.schools[1].headteacher)
    page = other.submit(other.get(task).form("Agree to set the award aside"))
    assert "the award is set aside. Every bidder is told" in page.words
    assert "Set aside after the challenge of Rival Ltd: The quote was not read to its end." in page.words
    supplier = as_person(contest.suppliers[0].admin).get(f"/quotes/{contest.quotes[0]}/summary")
    assert "This decision does not stand" in supplier.words


def test_an_award_of_others_is_not_found(as_person: AsPerson) -> None:
    contest = make.awarded_contest()
    other = make.alliance(name="Other")
    for person in (other.coordinator, other.schools[0].headteacher, contest.suppliers[0].admin):
        client = as_person(person)
        pages = ("", "/recommend", "/approve", "/reject", "/confirm", "/letters", "/announce", "/challenge")
        for rest in pages:
            client.get(path(contest, rest), status=404)
            if rest:
                client.post(path(contest, rest), {"version": "1", "reason": "x"}, status=404)
        assert "School meals" not in client.get("/awards").words
    rival = as_person(contest.suppliers[1].admin)
    rival.get(f"/quotes/{contest.quotes[0]}/summary", status=404)
    rival.get(f"/quotes/{uuid.uuid4()}/summary", status=404)


def test_the_list_of_awards_is_searched_and_sorted(as_person: AsPerson) -> None:
    schools = make.alliance()
    client = as_person(schools.schools[1].bursar)
    assert "No awards yet" in client.get("/awards").words
    for title in ("Alpha meals", "Beta cleaning"):
        contest = make.price_contest(schools, title=title)
        make.recommend_award(contest)
    assert client.get("/awards").texts("tbody th")[0].startswith("Beta")
    assert client.get("/awards?sort=title").texts("tbody th")[0].startswith("Alpha")
    assert client.get("/awards?q=alpha").texts("tbody th") == [
        text for text in client.get("/awards").texts("tbody th") if text.startswith("Alpha")
    ]
    assert "No award matches" in client.get("/awards?q=_").words


def test_the_tenders_page_leads_to_comparison_and_award(as_person: AsPerson) -> None:
    contest = make.recommended_contest()
    links = as_person(contest.tender.schools[0].bursar).get(f"/tenders/{contest.tender.id}").links()
    assert links["Compare the quotes"] == f"/tenders/{contest.tender.id}/comparison"
    assert links["See the award"] == path(contest)
