"""The download of a school's hand-over pack."""

from __future__ import annotations

import io
import uuid

from flask import send_file
from werkzeug.wrappers import Response

from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.readings import reading, record_reading
from suppliers.awards.handover import packing
from suppliers.awards.views import awards


@awards.get("/tenders/<uuid:tender_id>/award/hand-over/<uuid:school_id>.zip")
@reading
def download_hand_over(tender_id: uuid.UUID, school_id: uuid.UUID) -> Response:
    """Everything a school needs for its new contract, as one ZIP file."""
    name, content = packing.pack_of(db.session(), web.actor(), tender_id, school_id)
    record_reading(web.actor(), tender_id, "The hand-over pack of a new contract", [school_id])
    return send_file(io.BytesIO(content), mimetype="application/zip", as_attachment=True, download_name=name)
