"""Invoices between schools: shares of a fee and of a bill, issued, read as PDF, paid and taken away."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

from pypdf import PdfReader

from tests.scenarios.document import Row
from tests.scenarios.story import Story, facts, shows, tables, tells
from tests.scenarios.wording import Wordings
from tests.web.page import text_of

STEPS = Wordings()


@STEPS.step("{who} finds the recovery fee divided between the schools.")
def find_fee(story: Story, who: str, table: tuple[Row, ...]) -> None:
    page = story.go(who, "Invoices", "Shared costs")
    (title,) = (words for words in page.links() if words.startswith("Recovery of the cost of joint tender"))
    shows(story.follow(who, title), "The split", table)


@STEPS.step("{who} checks the drafts and issues them.")
def issue_invoices(story: Story, who: str, table: tuple[Row, ...]) -> None:
    page = story.go(who, "Invoices", "Check and issue drafts")
    shows(page, "Drafts", table)
    tells(story.send(who, "Issue the ticked invoices"), f"You issued {len(table)} invoices")


@STEPS.step(
    'Alder Lane also paid {amount:money} to {supplier} for "{title}", to be shared equally: {who} records it.'
)
def record_cost(
    story: Story, *, amount: str, supplier: str, title: str, who: str, table: tuple[Row, ...]
) -> None:
    story.go(who, "Invoices", "Record a shared cost")
    schools = [row["School"] for row in table if row["School"] != "Together"]
    page = story.send(
        who,
        "Check the split",
        {
            "What was paid for?": title,
            "Who was paid?": supplier,
            "Date of supply": "23 March 2027",
            "Amount to share": amount.strip("£"),
            "How is it divided?": "Equally",
            "Which schools share it?": "; ".join(schools),
        },
    )
    shows(page, "The split", table)
    story.send(who, f"Record the cost and draft {len(schools) - 1} invoices")


@STEPS.step("The invoices are numbered without a gap, in Alder Lane’s own series.")
def numbered(story: Story, table: tuple[Row, ...]) -> None:
    shows(story.go("Farah Quinn", "Invoices"), "Invoices your school issued", table)


@STEPS.step("{who} downloads invoice {number} as PDF, and it says what a VAT invoice must say.")
def read_invoice(story: Story, who: str, number: str, table: tuple[Row, ...]) -> None:
    story.go(who, f"Pay invoice {number} from Alder Lane Primary School")
    said = words_of(story.download(who, "Download as PDF").data)
    missing = [row["On the invoice"] for row in table if row["On the invoice"] not in said]
    assert not missing, f"{missing} do not stand in: {said}"


@STEPS.step("{who} records that {amount:money} arrived for invoice {number} on {day:day}.")
def record_payment(story: Story, who: str, amount: str, number: str, day: date) -> None:
    story.go(who, "Invoices", number, "Record a payment")
    answers = {
        "When did the money arrive?": f"{day.day} {day:%B %Y}",
        "How much arrived?": amount.strip("£"),
        "Reference on the bank statement": number,
    }
    page = story.send(who, "Record the payment", answers)
    assert "Paid" in page.texts(".govuk-tag"), page.errors()


@STEPS.step("{who} finds these figures above her list of invoices.")
def figures(story: Story, who: str, table: tuple[Row, ...]) -> None:
    found = facts(story.go(who, "Invoices"))
    assert {row["Figure"]: found[row["Figure"]] for row in table} == {
        row["Figure"]: row["Says"] for row in table
    }


@STEPS.step("{who} downloads the list as CSV and the {number:count} invoices as PDF in one ZIP file.")
def take_away(story: Story, who: str, number: int) -> None:
    page = story.go(who, "Invoices")
    text = story.download(who, "as CSV for a spreadsheet").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == number
    with zipfile.ZipFile(
        io.BytesIO(story.download(who, "the invoices as PDF, in one ZIP file").data)
    ) as files:
        found = [words_of(files.read(name)) for name in files.namelist() if name.endswith(".pdf")]
    assert len(found) == number
    for row in tables(page)["Invoices your school issued"]:
        listed = text_of(next(row["Number"].iter("a")))
        assert sum(f"Invoice number {listed}" in words for words in found) == 1


@STEPS.step("{who} sees only the {number:count} invoices that Beck Street received.")
def received(story: Story, who: str, number: int) -> None:
    page = story.go(who, "Invoices", "Received by us")
    assert len(tables(page)["Invoices your school received"]) == number
    assert not tables(story.follow(who, "Issued by us"))


def words_of(pdf: bytes) -> str:
    """The text of a PDF, with single spaces."""
    reader = PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())
