"""A school's logo stands on what it issues from then on, and nothing but the picture is kept of the file."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest
from PIL import Image, PngImagePlugin
from sqlalchemy.orm import Session

from invoicing.gateways import pictures
from invoicing.invoices.logos import actions
from invoicing.invoices.logos.models import SchoolLogo
from marketplace.core import storage
from marketplace.core.errors import Forbidden, NotFound, RuleBroken
from tests import make

SECRET = "Taken at 51.2, -1.3 by Jo"
BADGE = "An oak leaf"


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    """A picture with words beside it that its owner does not know of."""
    written = io.BytesIO()
    if kind == "PNG":
        beside = PngImagePlugin.PngInfo()
        beside.add_text("Comment", SECRET)
        Image.new("RGBA", size, (10, 80, 60, 128)).save(written, kind, pnginfo=beside)
    else:
        Image.new("RGB", size, (10, 80, 60)).save(written, kind, comment=SECRET.encode())
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_nothing_but_the_picture_is_kept(kind: str) -> None:
    assert SECRET.encode() in picture(kind)
    kept = pictures.written_anew(picture(kind), width=600, height=240)
    assert SECRET.encode() not in kept
    with Image.open(io.BytesIO(kept)) as opened:
        assert (opened.format, opened.size, opened.info) == ("PNG", (600, 200), {})


def _bomb() -> bytes:
    """A small file that says it is a picture of 900 million pixels."""
    whole = bytearray(picture(size=(4, 4)))
    whole[16:24] = (30_000).to_bytes(4, "big") * 2
    whole[29:33] = zlib.crc32(whole[12:29]).to_bytes(4, "big")
    return bytes(whole)


@pytest.mark.parametrize(
    ("content", "words", "message"),
    [
        (b"%PDF-1.7 not a picture", BADGE, "not a whole PNG or JPEG picture"),
        (b"GIF89a" + bytes(200), BADGE, "not a whole PNG or JPEG picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", BADGE, "not a whole PNG or JPEG picture"),
        (picture()[:-400], BADGE, "not a whole PNG or JPEG picture"),
        (_bomb(), BADGE, "too many pixels"),
        (bytes(3 * 1024 * 1024), BADGE, "smaller than 2 MB"),
        (picture(), " ", "Say what the picture shows"),
        (picture(), "x" * 101, "100 characters or fewer"),
    ],
)
def test_what_is_no_logo_is_refused_with_a_sentence(
    session: Session, content: bytes, words: str, message: str
) -> None:
    (alder,) = make.alliance(1).schools
    with pytest.raises(RuleBroken, match=message):
        actions.set_logo(alder.bursar, alder.id, content, words)
    assert session.get(SchoolLogo, alder.id) is None


@pytest.mark.embedded
def test_a_logo_stands_on_what_is_issued_from_then_on_until_it_is_taken_off(session: Session) -> None:
    alder, beech = (make.payable_school(school) for school in make.alliance(2).schools)
    with pytest.raises(Forbidden):
        actions.set_logo(beech.bursar, alder.id, picture(), BADGE)
    before = make.issued_invoice(alder, beech)
    kept = _pictures(make.invoice(before).document_sha256)
    actions.set_logo(alder.bursar, alder.id, picture(), BADGE)
    with_logo = make.issued_invoice(alder, beech)
    credited = make.credit(alder, with_logo, {1: 1_000})
    actions.remove_logo(alder.bursar, alder.id)
    after = make.issued_invoice(alder, beech)
    found = [make.invoice(one).document_sha256 for one in (before, with_logo, after)]
    assert [_pictures(one) for one in found] == [kept, [BADGE], []] == [[], [BADGE], []]
    assert _pictures(make.credit_note(credited).document_sha256) == [BADGE]
    with pytest.raises(NotFound):
        actions.remove_logo(make.alliance(1).schools[0].bursar, alder.id)
    session.rollback()


def _pictures(sha256: str | None) -> list[str]:
    """What the pictures of a stored document show, in words."""
    assert sha256
    with pikepdf.open(io.BytesIO(storage.read(sha256))) as document:
        return [
            str(one.Alt)
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
