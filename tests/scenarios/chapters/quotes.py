"""Suppliers: registered on the public page, quoting by hand and with Excel, told their results."""

from __future__ import annotations

import io

import openpyxl

from tests.scenarios import hands
from tests.scenarios.document import Row
from tests.scenarios.story import PASSWORD, Story, address_of, facts, shows, tables, tells
from tests.scenarios.wording import Wordings
from tests.web.client import Client
from tests.web.page import Page, text_of

STEPS = Wordings()
PRICE = "Unit price before VAT"
ALLIANCE = ("Cora Winter", "Beth Hale", "Harold Stone")
DECLARATIONS = (
    "Our declarations are true today",
    "We agreed nothing in this quote",
    "I may speak for the supplier",
)


@STEPS.step("These suppliers register on the public page.")
def register_suppliers(story: Story, table: tuple[Row, ...]) -> None:
    for row in table:
        who = row["Person"]
        browser = Client(story.app)
        form = browser.get("/suppliers/register").form("Register and sign in")
        answers = {
            "Name of the organisation": row["Supplier"],
            "Address": row["Address"].replace(", ", "\n"),
            "What do you supply?": row["Supplies"],
            "Your name": who,
            "Your e-mail address": address_of(who),
            "Choose a password": PASSWORD,
        }
        page = browser.submit(hands.fill(form, answers))
        tells(page, f"You registered {row['Supplier']}.")
        tells(declare(browser), "You made your declarations.")
        story.browsers[who] = browser
        story.suppliers.append(row["Supplier"])


def declare(browser: Client) -> Page:
    """Say once that no ground for exclusion applies."""
    form = browser.get(browser.get("/suppliers/own").links()["Make your declarations"]).form(
        "Make these declarations"
    )
    none = dict.fromkeys(
        ("Grounds on which a supplier must be excluded", "Grounds on which a supplier may be excluded"),
        "None of these applies",
    )
    return browser.submit(hands.fill(form, none))


@STEPS.step("{who} is told by e-mail that schools are asking for quotes.")
def told_of_opportunity(story: Story, who: str) -> None:
    story.get(who, story.link_sent_to(address_of(who), "/opportunities/"))
    assert story.page(who).heading == story.title


@STEPS.step("{who} enters these prices on the web page.")
def enter_prices(story: Story, who: str, table: tuple[Row, ...]) -> None:
    open_quote(story, who)
    shows(type_prices(story, who, table), f"Lot 1: {story.title}", amounts(table))


@STEPS.step("{who} replaces the quote with these prices.")
def replace_quote(story: Story, who: str, table: tuple[Row, ...]) -> None:
    open_submitted(story, who)
    story.follow(who, "Replace this quote")
    page = story.attach(
        who, "Start the replacement", "Your copy of the quote", name="ours.json", content=story.copies[who]
    )
    tells(page, "You started a replacement.")
    shows(type_prices(story, who, table), f"Lot 1: {story.title}", amounts(table))


@STEPS.step("{who} downloads the price schedule, fills it in with Excel and uploads it.")
def upload_prices(story: Story, who: str, table: tuple[Row, ...]) -> None:
    open_quote(story, who)
    filled = fill_workbook(story.download(who, "download the price schedule").data, table)
    story.follow(who, "upload it")
    page = story.attach(
        who, "Upload prices into the draft", "Price schedule", name="our prices.xlsx", content=filled
    )
    tells(page, "You uploaded 2 prices.")
    shows(page, f"Lot 1: {story.title}", amounts(table))


@STEPS.step("{who} answers the questions.")
def answer_questions(story: Story, who: str, table: tuple[Row, ...]) -> None:
    answers = {f"Your answer to question {row['Question']}, up to 300 words": row["Answer"] for row in table}
    tells(story.send(who, "Save draft", answers), "You saved the draft.")


@STEPS.step("{who} submits the quote of {total:money}.")
def submit_quote(story: Story, who: str, total: str) -> None:
    story.send(who, "Save and check before submitting")
    story.copies[who] = story.download(who, "Save a copy of this quote").data
    page = story.send(who, f"Submit your quote of {total}", dict.fromkeys(DECLARATIONS, "Yes"))
    assert facts(page)["Receipt"].startswith("Q-2027-"), page.errors()
    story.sealed.append(total)
    story.link_sent_to(address_of(who), "/quotes/")


@STEPS.step("Nobody in the alliance can see who has quoted or at what price.")
def nobody_sees_quotes(story: Story) -> None:
    for who in ALLIANCE:
        read = tender_pages(story, who)
        assert not [secret for secret in (*story.suppliers, *story.sealed) if secret in read]


@STEPS.step("Nobody in the alliance can see any price.")
def nobody_sees_prices(story: Story) -> None:
    for who in ALLIANCE:
        read = tender_pages(story, who)
        assert story.suppliers[0] in read
        assert not [secret for secret in story.sealed if secret in read]
        story.browser(who).get(f"{story.page(who).path.removesuffix('opening')}comparison", status=404)


def tender_pages(story: Story, who: str) -> str:
    """All that somebody can read on the tender's page and on that of its opening."""
    page = story.go(who, "Tenders", story.title)
    return f"{page.words} {story.get(who, f'{page.path}/opening').words}"


@STEPS.step("{who} can neither replace nor withdraw the quote any more.")
def too_late(story: Story, who: str) -> None:
    page = open_submitted(story, who)
    assert "Withdraw this quote" not in page.links()
    for refused in ("replace", "withdraw"):
        answer = story.browser(who).post(f"{page.path}/{refused}", status=422)
        assert "The deadline was 1 March 2027 at 12:00:00" in answer.words


@STEPS.step(
    "{who} is told the result: {marks:number} of 100 marks, rank {rank:count} of 3, "
    "and the winner’s {best:number}."
)
def told_of_losing(story: Story, who: str, marks: str, rank: int, best: str) -> None:
    page = result(story, who)
    assert page.heading == "Your quote was not successful"
    assert f"Your quote: {marks} of 100 marks, rank {rank} of 3" in tables(page)
    assert any(caption.endswith(f": {best} of 100 marks") for caption in tables(page))


@STEPS.step("{who} is told that the quote is to be accepted, with {marks:number} of 100 marks.")
def told_of_winning(story: Story, who: str, marks: str) -> None:
    page = result(story, who)
    assert page.heading == "We intend to accept your quote"
    assert f"Your quote: {marks} of 100 marks, rank 1 of 3" in tables(page)


def result(story: Story, who: str) -> Page:
    """The page that the last e-mail about a quote's result leads to."""
    return story.get(who, story.link_sent_to(address_of(who), "/summary"))


def open_quote(story: Story, who: str) -> Page:
    """Go to the tender's quote from the home page of a supplier."""
    return story.go(who, f"Quote for {story.title}")


def open_submitted(story: Story, who: str) -> Page:
    """Go to the quote that counts, by the supplier's list."""
    page = story.go(who, "Quotes")
    (receipt,) = (
        text_of(row["Receipt"]) for row in tables(page)["Submitted"] if text_of(row["Status"]) == "Submitted"
    )
    return story.follow(who, receipt)


def type_prices(story: Story, who: str, table: tuple[Row, ...]) -> Page:
    """Type a price beside each item of the schedule, and save."""
    asked = {one.words for one in hands.questions(story.page(who).form("Save draft").element)}
    answers = {}
    for row in priced(table):
        (words,) = (one for one in asked if f"of {item(row)}, in pounds" in one)
        answers[words] = row[PRICE].removeprefix("£")
    page = story.send(who, "Save draft", answers)
    tells(page, "You saved the draft.")
    return page


def fill_workbook(content: bytes, table: tuple[Row, ...]) -> bytes:
    """The workbook with a price in the row of each item, as Excel would save it."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet = workbook["Lot 1"]
    prices = {item(row): float(row[PRICE].removeprefix("£")) for row in priced(table)}
    for line in sheet.iter_rows(min_row=6):
        line[4].value = prices.pop(str(line[1].value))
    assert not prices
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def priced(table: tuple[Row, ...]) -> list[Row]:
    """The rows that have a price: all but the total."""
    return [row for row in table if row[PRICE]]


def item(row: Row) -> str:
    """The item of a row, without its number."""
    return row["Item"].partition(". ")[2]


def amounts(table: tuple[Row, ...]) -> list[Row]:
    """The rows as the page shows them; the prices themselves stand in its fields."""
    return [{"Item": row["Item"], "Amount": row["Amount"]} for row in table]
