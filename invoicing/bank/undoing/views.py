"""The page that undoes a match."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, request, url_for

from invoicing.bank import queries
from invoicing.bank.rules import LineStatus
from invoicing.bank.undoing import actions
from invoicing.bank.undoing.forms import UndoForm
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.policy import Act
from marketplace.core.web import answering, page


def undo_match(line_id: uuid.UUID) -> Any:
    """Undo the match of a payment, with a reason."""
    actor = web.actor()
    line = queries.get_line(db.session(), actor, line_id)
    policy.require(actor, Act.PAYMENT_UNMATCH, line.school_id)
    if request.method == "GET" and line.status is not LineStatus.MATCHED:
        return redirect(url_for(".show_line", line_id=line_id))
    form = UndoForm(data={"version": line.version})
    if form.validate_on_submit():
        with answering(form):
            actions.undo_match(actor, form.id_to_make, line_id, form.version.data, form.reason.data or "")
            flash(
                "You undid the match. The payment waits for its invoice again, and the other school was told."
            )
            return redirect(url_for(".show_line", line_id=line_id))
    return page("bank/undo_match.html", form=form, line=line, receipts=queries.standing_receipts(line))
