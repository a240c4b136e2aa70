"""Downloading the documents of a published tender as one file, whoever asks."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import send_file
from werkzeug.wrappers import Response

from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.web import public
from marketplace.tenders.opportunities.queries import get_opportunity
from marketplace.tenders.opportunities.views import opportunities
from marketplace.tenders.packs import queries
from marketplace.tenders.packs.models import Pack

__all__ = ["opportunities"]


@opportunities.route("/opportunities/<uuid:tender_id>/pack.zip")
@public
def download_pack(tender_id: uuid.UUID) -> Any:
    """The documents as they are now."""
    session = db.session()
    opportunity = get_opportunity(session, tender_id)
    pack = queries.latest_pack(session, tender_id)
    if pack is None:
        raise NotFound
    return _zip(pack, opportunity.reference)


@opportunities.route("/opportunities/<uuid:tender_id>/packs/<int:number>.zip")
@public
def download_earlier_pack(tender_id: uuid.UUID, number: int) -> Any:
    """The documents as they were before an amendment."""
    session = db.session()
    opportunity = get_opportunity(session, tender_id)
    return _zip(queries.get_pack(session, tender_id, number), opportunity.reference)


def _zip(pack: Pack, reference: str) -> Response:
    return send_file(
        io.BytesIO(queries.content(pack)),
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{reference} documents {pack.number}.zip",
        etag=pack.sha256,
    )
