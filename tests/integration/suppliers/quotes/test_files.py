"""Files of a quote: sealed as they are uploaded, opened with the answers, and nobody’s before."""

import io
import uuid
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.errors import NotFound, RuleBroken
from suppliers.quotes import actions as quotes
from suppliers.quotes import copies, queries
from suppliers.quotes.files import actions
from suppliers.quotes.files import queries as files
from suppliers.quotes.files.models import AttachedFile, QuotedFile
from suppliers.quotes.models import Quote
from suppliers.quotes.rules import QuoteStatus
from tests import make

SECRET = b"zanzibar-marrow-quintet"
PLAN = b"%PDF-1.4\n" + SECRET + b"\n%%EOF\n"
MENUS = b"Monday: soup\n"


@pytest.fixture
def tender(session: Session) -> make.Tender:
    session.rollback()
    return make.published_tender(make.alliance(schools=2))


def attach(tender: make.Tender, by: make.Supplier, name: str = "Plan.pdf", content: bytes = PLAN) -> None:
    actions.attach_file(by.admin, tender.id, by.id, name, io.BytesIO(content))


def in_draft(tender: make.Tender, by: make.Supplier) -> list[str]:
    draft = queries.draft_of(make.fresh(), tender.id, by.id)
    return [one.name for one in queries.offer_in_draft(draft).files] if draft else []


def on_disk(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())


def quoted_with_files(tender: make.Tender, by: make.Supplier) -> uuid.UUID:
    attach(tender, by)
    attach(tender, by, "Menus.txt", MENUS)
    quote_id = make.draft_quote(tender, by)
    make.submit_draft(quote_id, by)
    return quote_id


def test_a_file_is_unreadable_from_its_upload_until_the_answers_are_open_and_whole_afterwards(
    tender: make.Tender, session: Session, files_folder: Path
) -> None:
    supplier = make.supplier()
    quote_id = quoted_with_files(tender, supplier)
    assert SECRET not in on_disk(files_folder)
    assert files.opened_files(session, quote_id) == []
    make.opened_quotes(tender)
    session = make.fresh()
    quote, found = make.quote(quote_id), files.opened_files(session, quote_id)
    assert [(one.name, one.size, one.media_type) for one in found] == [
        ("Menus.txt", len(MENUS), "text/plain"),
        ("Plan.pdf", len(PLAN), "application/pdf"),
    ]
    assert [files.content(quote, one) for one in found] == [MENUS, PLAN]
    assert SECRET not in on_disk(files_folder)


def test_saving_prices_and_answers_keeps_the_files_and_a_removed_one_is_gone(tender: make.Tender) -> None:
    supplier = make.supplier()
    attach(tender, supplier)
    attach(tender, supplier)
    attach(tender, supplier, "Menus.txt", MENUS)
    make.draft_quote(tender, supplier)
    assert in_draft(tender, supplier) == ["Plan.pdf", "Menus.txt"]
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert draft
    plan = queries.offer_in_draft(draft).files[0]
    actions.detach_file(supplier.admin, tender.id, supplier.id, plan.sha256)
    actions.detach_file(supplier.admin, tender.id, supplier.id, plan.sha256)
    assert in_draft(tender, supplier) == ["Menus.txt"]
    assert len(make.quote(draft.id).files) == 1


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("Plan.pdf", b"PK\x03\x04 no PDF at all", "not a complete PDF"),
        ("Plan.pdf", PLAN[:-7], "not a complete PDF"),
        ("Tool.exe", b"MZ", "Choose a file of one of these kinds"),
        ("Empty.txt", b"", "The file is empty"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_and_the_draft_stays(
    tender: make.Tender, name: str, content: bytes, says: str
) -> None:
    supplier = make.supplier()
    attach(tender, supplier, "Menus.txt", MENUS)
    with pytest.raises(RuleBroken, match=says) as refusal:
        attach(tender, supplier, name, content)
    assert refusal.value.field == "file"
    assert in_draft(tender, supplier) == ["Menus.txt"]


def test_files_of_others_after_the_deadline_or_without_questions_are_refused(tender: make.Tender) -> None:
    supplier, other = make.supplier(), make.supplier()
    with pytest.raises(NotFound):
        actions.attach_file(other.admin, tender.id, supplier.id, "Menus.txt", io.BytesIO(MENUS))
    with clock.travelling(tender.closes_at), pytest.raises(RuleBroken, match="The deadline was"):
        attach(tender, supplier)
    priced = make.published_tender(tender.alliance, title="Prices alone", criteria=make.PRICE_ONLY)
    with pytest.raises(RuleBroken, match="prices only"):
        attach(priced, supplier)


def test_a_file_that_was_put_in_or_taken_out_after_submission_breaks_the_seal(tender: make.Tender) -> None:
    honest, robbed = make.supplier(), make.supplier()
    kept_id, robbed_id = quoted_with_files(tender, honest), quoted_with_files(tender, robbed)
    with transaction() as session:
        session.delete(session.get_one(AttachedFile, (robbed_id, make_first(session, robbed_id))))
    make.opened_quotes(tender)
    session = make.fresh()
    assert len(files.opened_files(session, kept_id)) == 2
    assert files.opened_files(session, robbed_id) == []
    body = next(one for one in make.quote(robbed_id).bodies if one.failed_at)
    assert body.opened_at is None


def make_first(session: Session, quote_id: uuid.UUID) -> str:
    quote = session.get_one(Quote, quote_id)
    return quote.files[0].sha256


def test_a_file_that_was_damaged_in_the_store_says_so(tender: make.Tender, files_folder: Path) -> None:
    supplier = make.supplier()
    quote_id = quoted_with_files(tender, supplier)
    make.opened_quotes(tender)
    file = files.opened_files(make.fresh(), quote_id)[0]
    path = files_folder / file.sha256[:2] / file.sha256[2:]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotFound, match="damaged in the store"):
        files.content(make.quote(quote_id), file)


def test_a_replacement_from_the_own_copy_has_the_files_again(tender: make.Tender) -> None:
    supplier = make.supplier()
    attach(tender, supplier)
    quote_id = make.draft_quote(tender, supplier)
    copy = make.copy_of_draft(quote_id)
    make.submit_draft(quote_id, supplier)
    quotes.start_replacement(supplier.admin, quote_id, copies.read_copy(copy))
    assert in_draft(tender, supplier) == ["Plan.pdf"]
    draft = queries.draft_of(make.fresh(), tender.id, supplier.id)
    assert draft
    make.submit_draft(draft.id, supplier)
    make.opened_quotes(tender)
    assert make.quote(quote_id).status is QuoteStatus.REPLACED
    (file,) = files.opened_files(make.fresh(), draft.id)
    assert files.content(make.quote(draft.id), file) == PLAN
    assert make.fresh().get(QuotedFile, (quote_id, file.sha256)) is None


def test_what_is_on_no_disk_is_no_file_of_a_quote(tender: make.Tender) -> None:
    """A copy that somebody wrote a file into that never was uploaded begins without it."""
    supplier = make.supplier()
    attach(tender, supplier)
    quote_id = make.draft_quote(tender, supplier)
    copy = make.copy_of_draft(quote_id)
    (file,) = queries.offer_in_draft(make.quote(quote_id)).files
    make.submit_draft(quote_id, supplier)
    forged = copy.replace(file.sha256.encode(), b"0" * 64)
    quotes.start_replacement(supplier.admin, quote_id, copies.read_copy(forged))
    assert in_draft(tender, supplier) == []
