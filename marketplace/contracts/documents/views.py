"""The pages on which documents are kept beside a contract."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Response, flash, redirect, send_file, url_for

from marketplace.contracts import queries
from marketplace.contracts.documents import actions
from marketplace.contracts.documents.forms import DocumentForm
from marketplace.core import documents, policy, storage, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page


def attach_document(contract_id: uuid.UUID) -> Any:
    """Choose a file to keep beside a contract."""
    actor = web.actor()
    contract = queries.get_contract(db.session(), actor, contract_id)
    policy.require(actor, Act.CONTRACT_ATTACH, contract.school_id)
    form = DocumentForm()
    if form.validate_on_submit():
        with answering(form):
            actions.attach_document(actor, contract_id, form.id_to_make, form.upload())
            flash("You added a document.", "success")
            return redirect(url_for("contracts.show", contract_id=contract_id))
    return page("contracts/attach_document.html", form=form, contract=contract)


def download_document(contract_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """A document of a contract that the reader may see, always as a file to save."""
    document = queries.get_document(db.session(), web.actor(), contract_id, document_id)
    return send_file(
        io.BytesIO(storage.read(document.sha256)),
        mimetype=documents.media_type(document.name),
        as_attachment=True,
        download_name=document.name,
    )


def detach_document(contract_id: uuid.UUID, document_id: uuid.UUID) -> Any:
    """Take a document off a contract."""
    actions.detach_document(web.actor(), contract_id, document_id)
    flash("You removed a document.", "success")
    return redirect(url_for("contracts.show", contract_id=contract_id))
