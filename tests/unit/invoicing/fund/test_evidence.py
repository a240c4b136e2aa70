"""Which files can be evidence: told by what is in them."""

import pytest

from invoicing.fund.evidence import check_evidence, kept_name, media_type
from marketplace.core.errors import RuleBroken
from tests.make.fund import JPG, PDF, PNG, evidence, office_document

XLSX = office_document("xl/workbook.xml")
DOCX = office_document("word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("bill.pdf", PDF, "application/pdf"),
        ("BILL.PDF", PDF, "application/pdf"),
        ("photo.png", PNG, "image/png"),
        ("photo.jpg", JPG, "image/jpeg"),
        ("photo.jpeg", JPG + b"\0" * 100, "image/jpeg"),
        ("order.xlsx", XLSX, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("order.docx", DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)
def test_evidence_is_what_its_name_says(name: str, content: bytes, kind: str) -> None:
    sent = evidence(name, content)
    assert check_evidence(sent) == kind
    assert sent.content.tell() == 0


@pytest.mark.parametrize(
    "name", ["page.html", "program.exe", "drawing.svg", "list.csv", "bill", "bill.pdf.zip"]
)
def test_other_kinds_of_file_are_refused(name: str) -> None:
    with pytest.raises(RuleBroken, match="must be a PDF") as refusal:
        check_evidence(evidence(name))
    assert refusal.value.field == "evidence"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bill.pdf", PNG),
        ("photo.png", JPG),
        ("photo.jpg", b"<html>"),
        ("order.xlsx", PDF),
        ("bill.pdf", XLSX),
    ],
)
def test_a_renamed_file_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(RuleBroken, match=r"but is not an? "):
        check_evidence(evidence(name, content))


@pytest.mark.parametrize(("name", "content"), [("order.xlsx", DOCX), ("order.docx", XLSX)])
def test_an_office_document_of_the_other_kind_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(RuleBroken):
        check_evidence(evidence(name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [("bill.pdf", PDF), ("photo.png", PNG), ("photo.jpg", JPG), ("order.xlsx", XLSX), ("order.docx", DOCX)],
)
def test_a_file_that_was_cut_short_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(RuleBroken, match="cut short or damaged"):
        check_evidence(evidence(name, content[:-15] if name != "photo.jpg" else content[:-2]))


def test_macros_are_refused() -> None:
    with pytest.raises(RuleBroken, match="macros"):
        check_evidence(evidence("order.xlsx", office_document("xl/workbook.xml", "xl/vbaProject.bin")))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Rechnung £ Ångström.PDF", "Rechnung £ Ångström.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\bill.pdf", "bill.pdf"),
        ("bill\r\nX-Header.pdf", "billX-Header.pdf"),
        (f"{'a' * 500}.pdf", f"{'a' * 150}.pdf"),
    ],
)
def test_a_files_name_is_kept_without_its_folders(sent: str, kept: str) -> None:
    assert kept_name(sent) == kept
    assert media_type(kept) == "application/pdf"
