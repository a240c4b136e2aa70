"""The page on which anybody who was given a head sees whether the record holds it."""

from __future__ import annotations

from typing import Any

from marketplace.alliance.record.heads import queries
from marketplace.alliance.record.heads.forms import HeadForm
from marketplace.alliance.record.views import SHORTCUTS, record
from marketplace.core.chain import given_head
from marketplace.core.db import db
from marketplace.core.web import answering, page, public

__all__ = ["SHORTCUTS", "record"]


@record.get("/check")
@public
def check() -> Any:
    """Is an entry that somebody was told of still in the record? It says nothing about any other."""
    form, head, found = HeadForm(), None, None
    if form.head.data:
        with answering(form):
            head = given_head(form.head.data)
            found = queries.held(db.session(), head)
    return page("record/check.html", form=form, head=head, found=found)
