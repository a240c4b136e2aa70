"""The page of a school's logo."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from PIL import Image

from tests import make
from tests.web.client import Client

pytestmark = pytest.mark.usefixtures("app")


def test_a_bursar_puts_a_logo_on_the_invoices_and_takes_it_off(
    client_for: Callable[[uuid.UUID | None], Client],
) -> None:
    alder, beech = make.alliance(2).schools
    client = client_for(alder.bursar.person_id)
    path = client.get("/invoices").links()["The logo on your school’s invoices"]
    page = client.get(path)
    written = io.BytesIO()
    Image.new("RGB", (60, 30), "green").save(written, "PNG")
    form = page.form("Put the picture on the invoices")
    page = client.submit(form.fill(picture=(io.BytesIO(b"<svg/>"), "badge.png"), words="A leaf"), status=422)
    assert "not a whole PNG or JPEG picture" in page.errors()["picture"]
    form = page.form("Put the picture on the invoices")
    page = client.submit(form.fill(picture=(io.BytesIO(written.getvalue()), "badge.png"), words="A leaf"))
    assert "stands on every invoice and credit note" in page.words
    assert [picture.get("alt") for picture in page.select("img")] == ["A leaf"]
    page = client.submit(page.form("Take the picture off"))
    assert not page.select("img")
    client_for(beech.bursar.person_id).get(path, status=403)
