"""The pages of a supplier's documents, for itself and for schools."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Response, flash, redirect, send_file, url_for

from marketplace.core import clock, documents, policy, storage, web
from marketplace.core.db import db
from marketplace.core.policy import Act, Actor, Kind
from marketplace.core.web import answering, page
from suppliers.profiles import queries as suppliers
from suppliers.profiles.documents import actions, queries, rules
from suppliers.profiles.documents.forms import CheckForm, DocumentForm


def show_documents(supplier_id: uuid.UUID) -> Any:
    """All documents of a supplier, with who checked them."""
    session, actor = db.session(), web.actor()
    supplier = suppliers.get_supplier(session, actor, supplier_id)
    held = checking_schools(actor)
    today = clock.today()
    of_supplier = queries.of_supplier(session, supplier_id)
    return page(
        "profiles/documents.html",
        supplier=supplier,
        documents=of_supplier,
        checkers=queries.checkers(session, actor, of_supplier),
        own=supplier_id in actor.supplier_ids,
        labels=rules.KIND_LABELS,
        today=today,
        can_use=bool(held),
        uses=bool(held) and queries.uses(session, supplier_id, min(held)),
        bound=bool(held & queries.using_schools(session, [supplier_id], today).get(supplier_id, set())),
    )


def add_document(supplier_id: uuid.UUID) -> Any:
    """Send a document for one school to check."""
    supplier = suppliers.get_own_supplier(db.session(), web.actor(), supplier_id)
    policy.require(web.actor(), Act.DOCUMENT_ADD, supplier_id)
    form = DocumentForm()
    if form.validate_on_submit():
        with answering(form):
            actions.add_document(web.actor(), supplier_id, form.id_to_make, form.details(), form.upload())
            flash("You added a document. The first school that needs it checks it for all.", "success")
            return redirect(url_for("profiles.show_documents", supplier_id=supplier_id))
    return page("profiles/add_document.html", form=form, supplier=supplier)


def check_document(supplier_id: uuid.UUID, document_id: uuid.UUID) -> Any:
    """Check a document for one's school, and so for all."""
    actor = web.actor()
    document = queries.get_document(db.session(), actor, supplier_id, document_id)
    policy.require(actor, Act.DOCUMENT_CHECK, *checking_schools(actor))
    form = CheckForm(data={"version": document.version})
    if form.validate_on_submit():
        accepted = form.accepted.data == "yes"
        with answering(form):
            actions.check_document(
                actor,
                supplier_id,
                document_id,
                form.version.data or 0,
                accepted=accepted,
                note=form.note.data or "",
            )
            flash(
                "You checked the document for all schools. Yours hears before it ends."
                if accepted
                else "You told the supplier what is wrong with the document.",
                "success",
            )
            return redirect(url_for("profiles.show_documents", supplier_id=supplier_id))
    return page(
        "profiles/check_document.html",
        form=form,
        document=document,
        supplier=document.supplier,
        label=rules.KIND_LABELS[document.kind],
    )


def download_document(supplier_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """A document that the reader may see, always as a file to save."""
    document = queries.get_document(db.session(), web.actor(), supplier_id, document_id)
    return send_file(
        io.BytesIO(storage.read(document.sha256)),
        mimetype=documents.media_type(document.name),
        as_attachment=True,
        download_name=document.name,
    )


def retire_document(supplier_id: uuid.UUID, document_id: uuid.UUID) -> Any:
    """Take a document away."""
    actions.retire_document(web.actor(), supplier_id, document_id)
    flash("You took the document away. Its history stays.", "success")
    return redirect(url_for("profiles.show_documents", supplier_id=supplier_id))


def use_documents(supplier_id: uuid.UUID) -> Any:
    """Hear before a supplier's documents end."""
    actions.use_documents(web.actor(), supplier_id)
    flash("Your school hears 30 and 7 days before one of these documents ends.", "success")
    return redirect(url_for("profiles.show_documents", supplier_id=supplier_id))


def stop_using_documents(supplier_id: uuid.UUID) -> Any:
    """Hear no more."""
    actions.stop_using_documents(web.actor(), supplier_id)
    flash("Your school hears no more of these documents, unless it has a contract.", "success")
    return redirect(url_for("profiles.show_documents", supplier_id=supplier_id))


def checking_schools(actor: Actor) -> frozenset[uuid.UUID]:
    """The schools for which the actor checks documents."""
    return actor.organisations(Kind.SCHOOL, *rules.CHECKERS)
