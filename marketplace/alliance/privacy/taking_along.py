"""What is held about somebody as an archive: a page to read and a file for programs."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime

from flask import render_template

from marketplace.alliance.models import Person
from marketplace.alliance.privacy.holdings import Section

EVERYTHING = "everything"


def archive(person: Person, sections: Sequence[Section], made_at: datetime, *, whole: bool) -> bytes:
    """The archive. `whole` is false when what nobody else may read was left out."""
    page = render_template(
        "print/about_person.html",
        person=person,
        sections=sections,
        made_at=made_at,
        whole=whole,
        issuer="Weald",
        reference="Everything about a person",
    )
    tables = {one.table: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in sections}
    data = {"about": str(person.id), "made_at": made_at.isoformat(), "whole": whole, "tables": tables}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{EVERYTHING}.html", page)
        packed.writestr(f"{EVERYTHING}.json", json.dumps(data, ensure_ascii=False, indent=2))
    return content.getvalue()
