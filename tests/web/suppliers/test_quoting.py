"""The pages on which a supplier prepares, uploads, checks, submits, replaces and withdraws a quote."""

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from werkzeug.datastructures import FileStorage

from marketplace.alliance import actions as alliance
from marketplace.core import clock
from marketplace.core.policy import ADMINISTRATOR, Role
from marketplace.core.web import moment
from marketplace.tenders.lots.rules import LimitsDraft
from suppliers.quotes import queries
from suppliers.quotes.copies import read_copy
from suppliers.quotes.offers import answer_field, discount_field, price_field, tier_field
from tests import make
from tests.web.client import Client
from tests.web.page import Form, Page


@pytest.fixture
def tender() -> make.Tender:
    buyers = make.alliance()
    lots = [
        make.lot("Meals", {("Primary “meal” £", "meal"): 100, ("Delivery", "trip"): 5}, buyers.schools),
        make.lot("Kitchen", {("Deep clean", "clean"): 2}, buyers.schools),
    ]
    return make.published_tender(buyers, lots=lots)


@pytest.fixture
def supplier() -> make.Supplier:
    return make.supplier()


@pytest.fixture
def site(client_for: Callable[[Any], Client], supplier: make.Supplier) -> Client:
    return client_for(supplier.admin.person_id)


@pytest.fixture(autouse=True)
def _needs_the_app(app: object) -> None:
    """Every test here is on a fresh database."""


def fields(tender: make.Tender) -> tuple[list[str], list[str]]:
    asked = make.quote_schedule(tender)
    return [price_field(one) for one in asked.lines], [answer_field(one.id) for one in asked.questions]


def filled(site: Client, tender: make.Tender, prices: list[str], answers: list[str]) -> Form:
    price_names, answer_names = fields(tender)
    values = dict(zip(price_names + answer_names, prices + answers, strict=True))
    return site.get(f"/tenders/{tender.id}/quote").form("Save draft").fill(**values)


GOOD = (["2.4575", "£1,000.5", "0"], ["Fresh £ é 🥕\n\nevery day", "Trained by us"])


def upload(site: Client, tender: make.Tender, content: bytes, name: str = "filled.xlsx") -> Form:
    form = site.get(f"/tenders/{tender.id}/quote/upload").form("Upload prices into the draft")
    form.values.setlist("schedule", [FileStorage(io.BytesIO(content), filename=name)])
    return form


def workbook(site: Client, tender: make.Tender, cells: dict[tuple[str, str], Any]) -> bytes:
    got = site.download(f"/tenders/{tender.id}/quote/price-schedule.xlsx")
    assert "attachment" in got.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(got.data))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


# ------------------------------------------------------------------ the whole way
def test_a_supplier_goes_from_the_public_page_to_a_receipt_and_back_out(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    start = site.get(f"/opportunities/{tender.id}")
    address = start.links()["Prepare a quote"]
    assert address == f"/tenders/{tender.id}/quote"
    saved = site.submit(filled(site, tender, *GOOD), "Save draft")
    assert "You saved the draft" in saved.words
    assert "3 of 3" in saved.words
    check = site.submit(saved.form("Save draft"), "Save and check before submitting")
    assert check.heading == "Check your quote"
    # 300 meals at 2.4575, 15 trips at 1,000.50, 6 cleans at 0.00: the kitchen lot is free
    assert "£15,744.75" in check.words
    assert "Lot 2 comes to £0.00" in check.words

    again = site.submit(filled(site, tender, ["2.4575", "0", "7.5"], GOOD[1]), "Save draft")
    check = site.submit(again.form("Save draft"), "Save and check before submitting")
    submit = check.form("Submit your quote of £782.25")
    refused = site.submit(submit, status=422)
    assert set(refused.errors()) == {"still_true", "independent", "binding"}
    ticked = refused.form("Submit your quote of £782.25").fill(still_true="y", independent="y", binding="y")
    refused = site.submit(ticked, status=422)
    assert set(refused.errors()) == {"free_confirmed"}
    before = site.download(refused.links()["Save a copy of this quote"])
    receipt = site.submit(refused.form("Submit your quote of £782.25").fill(free_confirmed="y"))
    assert receipt.heading == "Quote submitted"
    quote = queries.submitted_of(make.fresh(), tender.id, supplier.id)
    assert quote is not None
    assert quote.commitment in receipt.words
    assert "GMT, by the clock of the database" in receipt.words
    assert "782.25" not in receipt.words

    offered = receipt.form("Save your copy")
    after = site.open(offered.action, method="POST", data=offered.data("Save your copy"))
    assert "attachment" in after.headers["Content-Disposition"]
    assert read_copy(after.data) == read_copy(before.data)
    assert "Save your copy" not in site.get(f"/quotes/{quote.id}").words

    empty = site.get(receipt.links()["Replace this quote"]).form("Start the replacement")
    wrong = site.submit(empty.fill(copy=(io.BytesIO(b"{}"), "ours.json")), status=422)
    assert "no copy of a quote" in wrong.errors()["copy"]
    again_asked = wrong.form("Start the replacement")
    replacing = site.submit(again_asked.fill(copy=(io.BytesIO(after.data), "ours.json")))
    prices, answers = fields(tender)
    assert replacing.form("Save draft").values[prices[0]] == "2.4575"
    assert replacing.form("Save draft").values[answers[0]] == GOOD[1][0]
    gone = site.submit(site.get(replacing.links()["Discard this draft"]).form("Discard draft"))
    assert "You discarded the draft" in gone.words
    out = site.submit(site.get(f"/quotes/{quote.id}/withdraw").form("Withdraw quote"))
    assert f"You withdrew {quote.reference}" in out.words
    assert "Withdrawn" in out.words


def test_a_double_click_on_submit_is_one_quote(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    make.draft_quote(tender, supplier)
    form = site.get(f"/tenders/{tender.id}/quote/check").form()
    form.fill(still_true="y", independent="y", binding="y")
    first, second = site.submit(form), site.submit(form)
    assert first.heading == second.heading
    assert first.path == second.path
    assert len(site.get("/quotes").texts("tbody th a")) == 1


# ------------------------------------------------------------------ bad input
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("-1", "£0.00 or more"),
        ("10000000.01", "£10,000,000.00 or less"),
        ("2.45751", "no more than 4 decimal places"),
        ("two pounds", "must be a number"),
        ("1.234,50", "must be a number"),
        ("=1+1", "must be a number"),
    ],
)
def test_a_wrong_price_is_named_beside_its_line_and_nothing_typed_is_lost(
    site: Client, tender: make.Tender, typed: str, said: str
) -> None:
    page = site.submit(filled(site, tender, ["2.5", typed, "3"], GOOD[1]), "Save draft", status=422)
    prices, answers = fields(tender)
    assert list(page.errors()) == [prices[1]]
    assert "Delivery (lot 1, line 2)" in page.errors()[prices[1]]
    assert said in page.errors()[prices[1]]
    back = page.form("Save draft").values
    assert [back[name] for name in (*prices, *answers)] == ["2.5", typed, "3", *GOOD[1]]


def test_a_draft_with_gaps_is_kept_and_each_gap_is_linked_to(site: Client, tender: make.Tender) -> None:
    saved = site.submit(filled(site, tender, ["2.5", "", ""], ["", "word " * 301]), "Save draft")
    check = site.submit(saved.form("Save draft"), "Save and check before submitting")
    prices, answers = fields(tender)
    linked = [href.partition("#")[2] for href in check.links().values() if "#" in href]
    assert set(linked) >= {prices[1], prices[2], answers[0], answers[1]}
    assert "the answer has 301 words; shorten it to 300" in check.words
    with pytest.raises(KeyError):
        check.form("Submit your quote of £750.00")


def test_two_tabs_do_not_overwrite_each_other(site: Client, tender: make.Tender) -> None:
    first, second = (filled(site, tender, [price, "1", "1"], GOOD[1]) for price in ("2", "3"))
    site.submit(first, "Save draft")
    page = site.submit(second, "Save draft", status=409)
    assert page.form("Save draft").values[fields(tender)[0][0]] == "3"
    assert "3 of 3" in site.submit(page.form("Save draft"), "Save draft").words


def test_a_price_for_a_line_of_another_tender_is_not_taken(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    other = make.published_tender(make.alliance())
    form = filled(site, tender, ["1", "1", "1"], GOOD[1])
    form.values.add(price_field(other.line_ids[0]), "5")
    site.submit(form, "Save draft")
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert draft is not None
    assert set(queries.offer_in_draft(draft).prices) == set(tender.line_ids)


def test_what_a_form_never_asks_changes_nothing(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    form = filled(site, tender, ["1", "1", "1"], GOOD[1])
    for column in ("status", "supplier_id", "reference", "received_at", "commitment", "written_by"):
        form.values.add(column, "submitted")
    site.submit(form, "Save draft")
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert draft is not None
    assert (draft.reference, draft.received_at, draft.commitment) == (None, None, "")


# ------------------------------------------------------------------ the Excel schedule
def test_prices_go_out_and_come_back_through_excel(site: Client, tender: make.Tender) -> None:
    cells = {("Lot 1", "E6"): 2.4575, ("Lot 1", "E7"): 12, ("Lot 2", "E6"): 180.5}
    page = site.submit(upload(site, tender, workbook(site, tender, cells)))
    assert "You uploaded 3 prices" in page.words
    values = page.form("Save draft").values
    assert [values[name] for name in fields(tender)[0]] == ["2.4575", "12.00", "180.50"]
    assert "£2,000.25" in page.words


def test_problems_are_named_by_cell_and_the_good_prices_are_kept_and_shown(
    site: Client, tender: make.Tender
) -> None:
    cells = {("Lot 1", "E6"): 2.5, ("Lot 1", "E7"): "=1+1", ("Lot 2", "E6"): "free"}
    page = site.submit(upload(site, tender, workbook(site, tender, cells)), status=422)
    assert list(page.errors()) == ["schedule"]
    assert "There are 2 problems in the file" in page.errors()["schedule"]
    for shown in ("Lot 1, cell E7", "is a formula", "Lot 2, cell E6", "is text", "£750.00"):
        assert shown in page.words
    prices = site.get(f"/tenders/{tender.id}/quote").form("Save draft").values
    assert [prices[name] for name in fields(tender)[0]] == ["2.50", "", ""]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("prices.pdf", b"%PDF-1.7"), "must be a file of type .xlsx"),
        (("prices.xlsx", b"%PDF-1.7 under another name"), "not an Excel workbook"),
        (("prices.xlsx", b""), "empty"),
        (("prices.xlsx", b"PK\x03\x04 cut off"), "damaged"),
    ],
)
def test_a_wrong_file_is_refused_and_the_draft_stays(
    site: Client, tender: make.Tender, supplier: make.Supplier, file: tuple[str, bytes], said: str
) -> None:
    make.draft_quote(tender, supplier, "4.44")
    page = site.submit(upload(site, tender, file[1], file[0]), status=422)
    assert said in page.errors()["schedule-input" if "schedule-input" in page.errors() else "schedule"]
    kept = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert kept is not None
    assert set(queries.offer_in_draft(kept).prices.values()) == {Decimal("4.44")}


def test_no_file_at_all_is_asked_for(site: Client, tender: make.Tender) -> None:
    form = site.get(f"/tenders/{tender.id}/quote/upload").form("Upload prices into the draft")
    assert "Choose the price schedule" in " ".join(site.submit(form, status=422).errors().values())


# ------------------------------------------------------------------ lots that are won on their own
def test_a_supplier_quotes_for_one_lot_with_lower_prices_and_a_discount_without_a_script(
    site: Client, supplier: make.Supplier
) -> None:
    buyers = make.alliance()
    tender = make.published_tender(
        buyers,
        lots=[make.lot(f"Lot {name}", {("Meal", "meal"): 100}, buyers.schools) for name in "ABC"],
        criteria=make.PRICE_ONLY,
        divided=make.Divided(
            limits=LimitsDraft(most_quoted=2), tiers={1: (2, 3)}, bundles={"North": ((1, 2), 60)}
        ),
    )
    said = site.get(f"/opportunities/{tender.id}").words
    for words in ("Each lot is won on its own", "at most 2 lots", "from 2 and from 3", "North: lot 1"):
        assert words in said
    page = site.get(f"/tenders/{tender.id}/quote")
    assert "Choose at most 2. Each is won on its own." in page.words
    asked = make.quote_schedule(tender)
    first, second, _ = asked.lines
    discount = discount_field(asked.division.bundles[0].id)
    form = page.form("Save draft").fill(
        **{price_field(first): "3", tier_field(first, 1): "2.5", tier_field(first, 2): "2.75", discount: "0"}
    )
    page = site.submit(form, "Save draft", status=422)
    assert page.errors() == {discount: "Discount of the bundle “North”, in per cent must be 0.01 or more."}
    page = site.submit(page.form("Save draft").fill(**{discount: "2.5"}), "Save draft")
    check = site.submit(page.form("Save draft"), "Save and check before submitting")
    for words in (
        "Choose the lots that you quote for",
        "Lot 1 has prices, but you did not choose it",
        "Bundle “North”: you do not quote for all its lots",
    ):
        assert words in check.words
    form = site.get(f"/tenders/{tender.id}/quote").form("Save draft")
    form.fill(lots=[str(lot.id) for lot in asked.lots[:2]], **{price_field(second): "4"})
    check = site.submit(form, "Save and check before submitting")
    assert "Lot 1, line 1: the price from 3 schools is higher than the one before it" in check.words
    form = site.get(f"/tenders/{tender.id}/quote").form("Save draft").fill(**{tier_field(first, 2): "2"})
    check = site.submit(form, "Save and check before submitting")
    # three schools buy, so 300 meals at 2.00 and 300 at 4.00
    for words in ("£1,800.00", "Unit price from 3 schools", "2.5%", "Lots 1, 2"):
        assert words in check.words
    ticked = check.form("Submit your quote of £1,800.00").fill(still_true="y", independent="y", binding="y")
    assert site.submit(ticked).heading == "Quote submitted"
    kept = queries.submitted_of(make.fresh(), tender.id, supplier.id)
    assert kept is not None


# ------------------------------------------------------------------ who, and when
def test_somebody_elses_quote_is_not_there(
    client_for: Callable[[Any], Client], tender: make.Tender, supplier: make.Supplier
) -> None:
    quote_id = make.submitted_quote(tender, supplier)
    draft_id = make.draft_quote(tender, supplier)
    others = [make.supplier().admin, tender.lead.bursar, tender.alliance.coordinator]
    for actor in others:
        stranger = client_for(actor.person_id)
        for one in (quote_id, draft_id):
            stranger.get(f"/quotes/{one}", status=404)
            stranger.get(f"/quotes/{one}/withdraw", status=404)
            stranger.post(f"/quotes/{one}/withdraw", {"version": "1"}, status=404)
            stranger.post(f"/quotes/{one}/replace", status=404)


def test_a_posted_id_of_somebody_elses_draft_is_not_there(
    client_for: Callable[[Any], Client], tender: make.Tender, supplier: make.Supplier
) -> None:
    rival = make.supplier()
    theirs = make.draft_quote(tender, supplier)
    make.draft_quote(tender, rival)
    site = client_for(rival.admin.person_id)
    form = site.get(f"/tenders/{tender.id}/quote/check").form()
    form.fill(still_true="y", independent="y", binding="y", quote_id=str(theirs))
    site.submit(form, status=404)
    site.submit(form.fill(quote_id="not an id"), status=404)
    page = client_for(rival.admin.person_id).open(f"/tenders/{tender.id}/quote?supplier={supplier.id}")
    assert page.status_code == 404


def test_people_of_schools_do_not_quote(client_for: Callable[[Any], Client], tender: make.Tender) -> None:
    page = client_for(tender.lead.bursar.person_id).get(f"/tenders/{tender.id}/quote", status=403)
    assert "Only suppliers quote" in page.words


def test_after_the_deadline_the_page_says_when_it_was(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    make.draft_quote(tender, supplier)
    check = site.get(f"/tenders/{tender.id}/quote/check").form()
    check.fill(still_true="y", independent="y", binding="y")
    with clock.travelling(tender.closes_at):
        said = site.get(f"/tenders/{tender.id}/quote", status=422).words
        assert moment(tender.closes_at)[:-10] in said
        late = site.submit(check, status=422)
        assert "The deadline was" in late.words
        home = site.get("/quotes")
        assert "Never submitted" in home.words


def test_somebody_of_two_suppliers_chooses_for_which_to_quote(
    client_for: Callable[[Any], Client], tender: make.Tender, supplier: make.Supplier
) -> None:
    other = make.supplier("The Other Kitchen")
    alliance.add_person(ADMINISTRATOR, supplier.admin.name, supplier.email, [(other.id, Role.BIDDER)])
    site = client_for(supplier.admin.person_id)
    page = site.get(f"/tenders/{tender.id}/quote?supplier={supplier.id}")
    link = page.links()["Quote for The Other Kitchen instead"]
    assert "for The Other Kitchen" in site.get(link).words


# ------------------------------------------------------------------ lists
def test_a_suppliers_home_shows_what_is_open_begun_and_sent(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    empty = site.get("/quotes")
    assert "No quotes submitted yet" in empty.words
    assert tender.row.title in empty.words
    make.published_tender(make.alliance(), category="gas", title="Gas for all")
    make.submitted_quote(tender, supplier)
    home = site.get("/quotes")
    assert "Gas for all" not in home.words
    assert home.texts(".weald-card .govuk-tag") == ["Submitted"]
    find = home.form("Find quotes")
    assert len(site.submit(find.fill(q="meals", stage="submitted")).texts("tbody th a")) == 1
    assert "No quote matches" in site.submit(find.fill(q="gas", stage="")).words


def test_what_waits_for_a_supplier_is_on_its_front_page(
    site: Client, tender: make.Tender, supplier: make.Supplier
) -> None:
    assert f"Quote for {tender.row.title}" in site.get("/").words
    make.draft_quote(tender, supplier)
    assert f"Finish your quote for {tender.row.title}" in site.get("/").words
    make.submitted_quote(tender, supplier)
    assert tender.row.title not in site.get("/").words


def test_an_opened_quote_shows_its_supplier_what_was_opened(site: Client, supplier: make.Supplier) -> None:
    tender = make.published_tender(make.alliance())
    quote_id = make.submitted_quote(tender, supplier, "2.5", ["Menus we cook", "Staff we train"])
    make.opened_quotes(tender)
    with clock.travelling(tender.closes_at + timedelta(hours=1)):
        page: Page = site.get(f"/quotes/{quote_id}")
    assert "Menus we cook" in page.words
    assert "Your prices stay sealed" in page.words
    assert "£225,000.00" not in page.words
