"""The pages of layouts: which there are, what each makes of the newest documents, a school’s own ones."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from invoicing.exports import queries as documents
from invoicing.exports import rules as export_rules
from invoicing.exports.layouts import actions, queries, rules
from invoicing.exports.layouts.forms import CopyForm, PeriodFilter, filled, layout_form
from invoicing.exports.layouts.models import ExportLayout
from invoicing.exports.layouts.rules import DELIMITERS, Layout
from invoicing.exports.layouts.shipped import Shipped, shipped
from invoicing.exports.rules import Document, Wanted
from invoicing.exports.views import CSV, exports, sent
from invoicing.invoices.queries import possible_buyers
from marketplace.alliance import queries as alliance
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.fields import choices
from marketplace.core.forms import EditForm, Form
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

__all__ = ["exports"]
NEWEST = 5
TAB_SEPARATED = "text/tab-separated-values"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file of a layout looks like: its headings and its first rows, as they stand in it."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@exports.get("/layouts")
def list_layouts() -> Any:
    """The layouts that come with Weald, the school’s own, and those that were removed."""
    actor, session = web.actor(), db.session()
    _read_documents()
    return page(
        "exports/list_layouts.html",
        shipped=list(shipped().values()),
        own=queries.layouts(session, actor),
        removed=queries.layouts(session, actor, removed=True),
        may_edit=bool(queries.editing_schools(actor)),
        form=Form(),
    )


@exports.get("/layouts/shipped/<key>")
def show_shipped(key: str) -> Any:
    """A layout that comes with Weald, and what it makes of the newest documents."""
    one = _shipped(key)
    return _show(one.layout, one, None)


@exports.get("/layouts/<uuid:layout_id>")
def show_layout(layout_id: uuid.UUID) -> Any:
    """A school’s own layout, and what it makes of the newest documents."""
    layout = queries.get_layout(db.session(), web.actor(), layout_id)
    return _show(rules.from_data(layout.content), shipped().get(layout.based_on), layout)


@exports.get("/layouts/shipped/<key>/file")
def download_shipped(key: str) -> Response:
    """The documents of a period as a layout that comes with Weald wants them."""
    return _file(_shipped(key).layout, None)


@exports.get("/layouts/<uuid:layout_id>/file")
def download_layout(layout_id: uuid.UUID) -> Response:
    """The documents of a period as a school’s own layout wants them."""
    layout = queries.get_layout(db.session(), web.actor(), layout_id)
    return _file(rules.from_data(layout.content), layout.school_id)


@exports.route("/layouts/shipped/<key>/copy", methods=["GET", "POST"])
def copy_layout(key: str) -> Any:
    """Make a layout that comes with Weald the school’s own, to be changed."""
    actor, session = web.actor(), db.session()
    one = _shipped(key)
    schools = queries.editing_schools(actor)
    policy.require(actor, Act.LAYOUT_COPY, *schools)
    form = CopyForm()
    form.school.choices = choices(alliance.names(session, schools).items())
    if len(schools) == 1:
        del form.school
    if form.validate_on_submit():
        with answering(form):
            school_id = form.school.data if "school" in form else next(iter(schools))
            actions.copy_layout(actor, form.id_to_make, school_id, key)
            flash("You copied the layout. Change what your package wants otherwise.", "success")
            return redirect(url_for(".edit_layout", layout_id=form.id_to_make))
    return page("exports/copy_layout.html", form=form, shipped=one)


@exports.route("/layouts/<uuid:layout_id>/edit", methods=["GET", "POST"])
def edit_layout(layout_id: uuid.UUID) -> Any:
    """Change a school’s layout; `from` starts from what an earlier version said."""
    actor, session = web.actor(), db.session()
    layout = _own(Act.LAYOUT_EDIT, layout_id)
    if request.method == "GET" and layout.removed_at is not None:
        return redirect(url_for(".show_layout", layout_id=layout_id))
    start = _version_asked(layout)
    fellows = possible_buyers(session, layout.school_id)
    form = layout_form([(school.urn, school.name) for school in fellows], data=filled(start, layout.version))
    if pressed := request.form.get("rows"):
        form.press(pressed)
    elif form.validate_on_submit():
        with answering(form):
            actions.edit_layout(actor, layout_id, form.version.data, form.layout(layout.side))
            flash("You changed the layout. This is what it makes of the newest documents.", "success")
            return redirect(url_for(".show_layout", layout_id=layout_id))
    return page("exports/edit_layout.html", form=form, layout=layout)


@exports.route("/layouts/<uuid:layout_id>/remove", methods=["GET", "POST"])
def remove_layout(layout_id: uuid.UUID) -> Any:
    """Take a layout off the list, after a last look; it can be brought back."""
    layout = _own(Act.LAYOUT_REMOVE, layout_id)
    if request.method == "GET" and layout.removed_at is not None:
        return redirect(url_for(".list_layouts"))
    form = EditForm(version=layout.version)
    if form.validate_on_submit():
        with answering(form):
            actions.remove_layout(web.actor(), layout_id, form.version.data)
            flash(f"You removed the layout “{layout.name}”. You can bring it back from the list below.")
            return redirect(url_for(".list_layouts"))
    return page("exports/remove_layout.html", form=form, layout=layout)


@exports.post("/layouts/<uuid:layout_id>/restore")
def restore_layout(layout_id: uuid.UUID) -> Response:
    """Bring a removed layout back."""
    _own(Act.LAYOUT_RESTORE, layout_id)
    actions.restore_layout(web.actor(), layout_id)
    flash("You brought the layout back.", "success")
    return redirect(url_for(".show_layout", layout_id=layout_id))


def _show(layout: Layout, one: Shipped | None, own: ExportLayout | None) -> Any:
    actor, session = web.actor(), db.session()
    _read_documents()
    wanted = Wanted(layout.side, own.school_id if own else None)
    newest = documents.documents(session, actor, wanted, newest_first=True, limit=NEWEST)
    filtering = PeriodFilter()
    filtering.validate()
    return page(
        "exports/show_layout.html",
        layout=layout,
        shipped=one,
        own=own,
        shown=_shown(layout, newest),
        filtering=filtering,
        rules=rules,
        may_edit=own is None and bool(queries.editing_schools(actor)),
        may_change=own is not None and policy.allows(actor, Act.LAYOUT_EDIT, own.school_id),
        file_href=url_for(".download_layout", layout_id=own.id)
        if own
        else url_for(".download_shipped", key=one.key if one else ""),
    )


def _shown(layout: Layout, newest: Sequence[Document]) -> Shown:
    """The file itself, read back: what a preview shows is what a package gets."""
    text = rules.file_of(layout, newest).decode(layout.encoding)
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[layout.delimiter]))
    heads = [column.heading for column in layout.columns]
    return Shown(heads, table[1:] if layout.header else table)


def _file(layout: Layout, school_id: uuid.UUID | None) -> Response:
    """The file of a period. Raises RuleBroken for a period that makes no sense, or has no document."""
    actor, session = web.actor(), db.session()
    _read_documents()
    filtering = PeriodFilter()
    if not filtering.validate():
        (message, *_), *_ = filtering.errors.values()
        raise RuleBroken(f"{message} Go back and change the dates.")
    wanted = Wanted(layout.side, school_id, since=filtering.since.data, until=filtering.until.data)
    export_rules.check_number(documents.sums(session, actor, wanted).count)
    content = rules.file_of(layout, documents.documents(session, actor, wanted))
    ending, media_type = ("txt", TAB_SEPARATED) if layout.delimiter is rules.Delimiter.TAB else ("csv", CSV)
    return sent(content, media_type, f"{layout.name.replace(':', '')}.{ending}")


def _shipped(key: str) -> Shipped:
    """A layout that comes with Weald. Raises NotFound."""
    _read_documents()
    if key not in shipped():
        raise NotFound
    return shipped()[key]


def _read_documents() -> None:
    """Raise NotFound for whoever reads nobody’s invoices."""
    if not documents.reads_documents(web.actor()):
        raise NotFound


def _own(act: Act, layout_id: uuid.UUID) -> ExportLayout:
    """A layout that the reader may do this to."""
    layout = queries.get_layout(db.session(), web.actor(), layout_id)
    policy.require(web.actor(), act, layout.school_id)
    return layout


def _version_asked(layout: ExportLayout) -> Layout:
    """What the layout says, or what the earlier version said that the address asks for."""
    asked = request.args.get("from", "")
    found = next((one.content for one in layout.versions if str(one.number) == asked), layout.content)
    return rules.from_data(found)
