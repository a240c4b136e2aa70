"""The page on which the coordinator says which school sends the invoices of contributions."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, url_for

from invoicing.fund import queries as funds
from invoicing.fund.billing import actions
from invoicing.fund.billing.forms import HostForm
from marketplace.core import policy, web
from marketplace.core.db import db
from marketplace.core.fields import choices
from marketplace.core.policy import Act
from marketplace.core.web import answering, page

billing = Blueprint("billing", __name__, url_prefix="/funds")


@billing.route("/<uuid:fund_id>/host", methods=["GET", "POST"])
def choose_host(fund_id: uuid.UUID) -> Any:
    """Choose the school that sends invoices."""
    session, acting = db.session(), web.actor()
    fund = funds.get_fund(session, acting, fund_id)
    policy.require(acting, Act.FUND_HOST, fund.alliance_id)
    members = {school.id: school.name for school in funds.members(session, fund)}
    form = HostForm(school=fund.host_id)
    form.school.choices = choices(members.items())
    if form.validate_on_submit():
        with answering(form):
            actions.choose_host(acting, fund_id, form.school.data)
            chosen = form.school.data
            flash(
                f"{members[chosen]} sends the invoices of contributions confirmed from now on."
                if chosen
                else "Contributions are recorded as they come in, without invoices.",
                "success",
            )
            return redirect(url_for("fund.show", fund_id=fund_id))
    return page("billing/choose_host.html", form=form, fund=funds.get_fund(session, acting, fund_id))
