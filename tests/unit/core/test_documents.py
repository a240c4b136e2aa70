import io
import zipfile

import pytest

from marketplace.core.documents import check_document, plain_name
from marketplace.core.errors import RuleBroken

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 17 + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 40 + b"\xff\xd9"


def office(main_part: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main_part, "<document/>" * 200)
    return made.getvalue()


def open_document(kind: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", "<content/>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return made.getvalue()


DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")
WHOLE = {
    "specification.pdf": PDF,
    "plan.png": PNG,
    "kitchen.jpg": JPEG,
    "Kitchen.JPEG": JPEG,
    "menus.docx": DOCX,
    "staff.xlsx": XLSX,
    "menus.odt": open_document("text"),
    "staff.ods": open_document("spreadsheet"),
    "notes.txt": "Küche – £2.65".encode(),
    "staff.csv": "Name;Größe\n".encode("cp1252"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_files_of_the_kinds_allowed_are_taken(name: str) -> None:
    content = io.BytesIO(WHOLE[name])
    assert "/" in check_document(name, content)
    assert content.read() == WHOLE[name]


@pytest.mark.parametrize("name", ["run.exe", "page.html", "picture.svg", "old.doc", "macro.xlsm", "nothing"])
def test_other_kinds_are_refused(name: str) -> None:
    with pytest.raises(RuleBroken, match="one of these kinds") as refusal:
        check_document(name, io.BytesIO(PDF))
    assert refusal.value.field == "document"


@pytest.mark.parametrize("name", [name for name in WHOLE if not name.endswith((".txt", ".csv"))])
def test_a_renamed_file_is_refused(name: str) -> None:
    with pytest.raises(RuleBroken, match="renamed"):
        check_document(name, io.BytesIO(b"MZ\x90\x00 a program"))


def test_a_workbook_renamed_to_a_document_is_refused() -> None:
    with pytest.raises(RuleBroken, match="complete Word document"):
        check_document("menus.docx", io.BytesIO(XLSX))
    with pytest.raises(RuleBroken, match="complete OpenDocument text"):
        check_document("menus.odt", io.BytesIO(open_document("spreadsheet")))


def test_a_program_renamed_to_text_is_refused() -> None:
    with pytest.raises(RuleBroken, match="text file"):
        check_document("notes.txt", io.BytesIO(b"MZ\x90\x00\x03"))


@pytest.mark.parametrize("name", [name for name in WHOLE if not name.endswith((".txt", ".csv"))])
def test_a_truncated_file_is_refused(name: str) -> None:
    with pytest.raises(RuleBroken, match="damaged"):
        check_document(name, io.BytesIO(WHOLE[name][: len(WHOLE[name]) * 2 // 3]))


def test_a_workbook_with_a_damaged_part_is_refused() -> None:
    damaged = bytearray(XLSX)
    middle = XLSX.index(b"xl/workbook.xml") + 20
    damaged[middle : middle + 6] = b"\x00" * 6
    with pytest.raises(RuleBroken, match="damaged"):
        check_document("staff.xlsx", io.BytesIO(bytes(damaged)))


def test_macros_are_refused() -> None:
    made = io.BytesIO(XLSX)
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    with pytest.raises(RuleBroken, match="macros"):
        check_document("staff.xlsx", made)


def test_a_place_may_allow_fewer_kinds_and_says_which() -> None:
    with pytest.raises(RuleBroken, match="one of these kinds: PDF or JPEG picture") as refusal:
        check_document("staff.csv", io.BytesIO(b"Name"), field="evidence", endings=(".pdf", ".jpg", ".jpeg"))
    assert refusal.value.field == "evidence"
    assert check_document("a.pdf", io.BytesIO(PDF), endings=(".pdf",)) == "application/pdf"


def test_what_a_camera_adds_after_the_picture_does_no_harm() -> None:
    assert check_document("photo.jpg", io.BytesIO(JPEG + bytes(10_000))) == "image/jpeg"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\bursar\\Menus £.docx", "Menus £.docx"),
        ("line\nbreak\x00.pdf", "linebreak.pdf"),
        ("a" * 300 + ".pdf", "a" * 150 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_folders_and_control_characters(given: str, kept: str) -> None:
    assert plain_name(given) == kept
