"""The pages on which a register is imported."""

from __future__ import annotations

import io
import uuid
from typing import Any

from flask import Response, flash, redirect, send_file, url_for

from marketplace.contracts import categories
from marketplace.contracts.importing import actions, queries, template
from marketplace.contracts.importing.columns import HEADINGS
from marketplace.contracts.importing.forms import ImportForm
from marketplace.core import web
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.web import answering, page

MOST_SHOWN = 200


def import_register() -> Any:
    """Choose a file with a register, and bring it in."""
    actor = web.actor()
    if not queries.imports_registers(actor):
        raise Forbidden("Only a bursar, a headteacher or a coordinator can import a register of contracts.")
    form = ImportForm()
    if form.validate_on_submit():
        with answering(form):
            sent = form.register.data
            actions.import_register(actor, form.id_to_make, sent.filename or "", sent.read())
            flash("You imported the register.", "success")
            return redirect(url_for("contracts.show_import", import_id=form.id_to_make))
    schools = queries.schools_to_import_for(db.session(), actor)
    return page(
        "contracts/import_register.html",
        form=form,
        several_schools=len(schools) > 1,
        headings=HEADINGS.values(),
        categories=[name for _, name in categories.pairs()],
    )


def download_template() -> Response:
    """The template to fill in, as an Excel workbook with explanations."""
    return _workbook(template.template_workbook(), "contract-register")


def download_template_text() -> Response:
    """The template as CSV."""
    return _text(template.template_text(), "contract-register")


def show_import(import_id: uuid.UUID) -> Any:
    """What came of an import, and what to change in each row that it refused."""
    made = queries.get_import(db.session(), web.actor(), import_id)
    problems = [(row["number"], problem) for row in made.refusals["rows"] for problem in row["problems"]]
    return page(
        "contracts/show_import.html",
        made=made,
        problems=problems[:MOST_SHOWN],
        unshown=max(0, len(problems) - MOST_SHOWN),
    )


def download_refused(import_id: uuid.UUID) -> Response:
    """The refused rows as they were typed, with the reasons beside them, as an Excel workbook."""
    refusals = _refusals(import_id)
    return _workbook(template.refused_workbook(refusals["headings"], refusals["rows"]), "refused-rows")


def download_refused_text(import_id: uuid.UUID) -> Response:
    """The same as CSV."""
    refusals = _refusals(import_id)
    return _text(template.refused_text(refusals["headings"], refusals["rows"]), "refused-rows")


def _refusals(import_id: uuid.UUID) -> dict[str, Any]:
    made = queries.get_import(db.session(), web.actor(), import_id)
    if not made.refused:
        raise NotFound("No row was refused.")
    return made.refusals


def _workbook(content: bytes, name: str) -> Response:
    return send_file(
        io.BytesIO(content),
        mimetype=template.MEDIA_TYPE,
        as_attachment=True,
        download_name=f"{name}.xlsx",
    )


def _text(content: bytes, name: str) -> Response:
    return send_file(
        io.BytesIO(content), mimetype="text/csv", as_attachment=True, download_name=f"{name}.csv"
    )
