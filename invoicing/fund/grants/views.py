"""The pages of grants to the Partnership Fund."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from invoicing.fund import queries as funds
from invoicing.fund.grants import actions, queries
from invoicing.fund.grants.forms import GrantForm
from marketplace.core import documents, policy, storage, web
from marketplace.core.db import db
from marketplace.core.documents import Upload
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

grants = Blueprint("grants", __name__, url_prefix="/funds")


@grants.route("/<uuid:fund_id>/grants/record", methods=["GET", "POST"])
def record_grant(fund_id: uuid.UUID) -> Any:
    """The coordinator records a grant that came in."""
    session, acting = db.session(), web.actor()
    fund = funds.get_fund(session, acting, fund_id)
    policy.require(acting, Act.GRANT_RECORD, fund.alliance_id)
    form = GrantForm()
    if form.validate_on_submit():
        with answering(form):
            file = form.evidence.data
            gift = form.gift()
            actions.record_grant(acting, form.id_to_make, fund_id, gift, Upload(file.filename, file.stream))
            flash(f"You recorded the grant of {gift.amount} from {gift.giver}.", "success")
            return redirect(url_for(".show", grant_id=form.id_to_make))
    return page("grants/record_grant.html", form=form, fund=funds.get_fund(session, acting, fund_id))


@grants.get("/grants/<uuid:grant_id>")
def show(grant_id: uuid.UUID) -> Any:
    """A grant: from whom, for what, and its evidence."""
    return page("grants/show.html", grant=queries.get_grant(db.session(), web.actor(), grant_id))


@grants.get("/grants/<uuid:grant_id>/evidence")
def download_evidence(grant_id: uuid.UUID) -> Response:
    """The giver's letter."""
    grant = queries.get_grant(db.session(), web.actor(), grant_id)
    return send_file(
        io.BytesIO(storage.read(grant.evidence_sha256)),
        mimetype=documents.media_type(grant.evidence_name),
        as_attachment=True,
        download_name=grant.evidence_name,
    )
