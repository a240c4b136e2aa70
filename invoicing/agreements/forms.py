"""What people type about agreements between schools."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from wtforms.validators import Length

from invoicing.agreements import rules
from invoicing.agreements.models import Agreement
from invoicing.agreements.rules import (
    LEVEL_LABELS,
    SCHEDULE_LABELS,
    SERVICE_LABELS,
    SUPPLY_LABELS,
    Basis,
    Checked,
    CheckLevel,
    Price,
    Schedule,
    Service,
    Supply,
    Terms,
)
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    LongTextField,
    MoneyField,
    QuantityField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm

YES, NO = "yes", "no"
BASES = (
    (Basis.FIXED, "A fixed fee", "The rate is for each month or term, as invoiced"),
    (Basis.PER_PUPIL, "A rate a pupil", "For each month or term, for a number of pupils that you agree"),
    (Basis.PER_UNIT, "A rate a day or other unit", "For what is used: days, hours, places, miles"),
    (Basis.AT_COST, "At cost", "What it costs the seller, logged as it is spent"),
    (Basis.SHARE, "A share of a cost", "So many per cent of what is logged"),
)
HUNDREDTHS = Decimal(100)


class PriceFields:
    """What is charged: shared by agreements and offers."""

    basis = RadiosField(
        "What is charged?", [Required("Choose what is charged.")], coerce=Basis, choices=choices(BASES)
    )
    rate = MoneyField(
        "Rate, before VAT",
        description="Leave it blank for what is charged at cost or as a share",
        maximum=rules.LARGEST_RATE,
    )
    unit = TextField(
        "The unit, for a rate a day or other unit",
        [Length(max=rules.LONGEST_UNIT)],
        description="For example: day, hour, place, mile",
        render_kw={"width": 10},
    )
    share = QuantityField(
        "The share, for a share of a cost",
        places=2,
        maximum=Decimal(100),
        render_kw={"suffix": "%", "width": 5},
    )


class TermsFields(PriceFields):
    """The terms of an agreement."""

    buyer_id = ChoiceField(
        "School that buys",
        [Required("Choose the school that buys.")],
        coerce=uuid.UUID,
        blank="Choose a school",
    )
    service = ChoiceField(
        "What is sold",
        [Required("Choose what is sold.")],
        coerce=Service,
        blank="Choose what is sold",
        choices=choices(SERVICE_LABELS.items()),
    )
    title = TextField(
        "In a few words",
        [Required("Say in a few words what is sold."), Length(max=rules.LONGEST_TITLE)],
        description="As it will stand on the invoices, for example: Network manager, two days a week",
    )
    work = LongTextField(
        "The terms of the work",
        [Required("Say what is done: the terms of the work."), Length(max=rules.LONGEST_TEXT)],
        description="Who does what, when and where; who directs the work and covers absence",
    )
    supply = RadiosField(
        "Who works in the other school?",
        [Required("Choose who works in the other school.")],
        coerce=Supply,
        choices=choices(SUPPLY_LABELS.items()),
        description="The VAT of staff follows from this (VATEDU53600)",
    )
    regulated = RadiosField(
        "Does anybody work there with children, in regulated activity?",
        [Required("Say whether anybody works with children.")],
        choices=choices(
            (
                (YES, "Yes", "Teaching, supervising or driving children, or working there often"),
                (NO, "No", "Nobody works there, or never with the opportunity of contact"),
            )
        ),
        description="Then you record the level and date of their safeguarding checks, never the certificates",
    )
    pupils = QuantityField(
        "The number of pupils, for a rate a pupil",
        places=0,
        description="As you agree it; it stays when the roll changes",
        render_kw={"width": 5},
    )
    schedule = RadiosField(
        "How often is it invoiced?",
        [Required("Choose how often it is invoiced.")],
        coerce=Schedule,
        choices=choices(SCHEDULE_LABELS.items()),
        description="Terms are counted from 1 September, 1 January and 1 May",
    )
    exemption_reason = TextField(
        "Why it is exempt from VAT, if it is",
        [Length(max=rules.LONGEST_REASON)],
        description="Where nobody works there, such as a room. Otherwise leave it blank",
    )
    starts_on = DateInputField("First day", [Required("Enter the first day.")])
    ends_on = DateInputField("Last day", [Required("Enter the last day.")])
    extension_months = QuantityField(
        "It may be extended by at most",
        places=0,
        description="In all, each time signed by both heads. 0 for none",
        default=Decimal(0),
        render_kw={"suffix": "months", "width": 3},
    )
    notice_months = QuantityField(
        "Notice that either school must give",
        [Required("Enter the months of notice, or 0.")],
        places=0,
        render_kw={"suffix": "months", "width": 3},
    )
    objectives = LongTextField(
        "Objectives",
        [Length(max=rules.LONGEST_TEXT)],
        description="What it is to achieve, if you want to review that",
    )
    first_review = DateInputField("First review", description="If you review it")
    second_review = DateInputField("Second review")
    third_review = DateInputField("Third review")
    membership_id = ChoiceField(
        "The membership it belongs to",
        coerce=uuid.UUID,
        blank="None",
        description="Only for the support in a trust partnership, or the fee of an associate",
    )


class TermsForm(Form, TermsFields):
    """A draft being written, whether new or changed."""

    def offer(self, buyers: Mapping[uuid.UUID, str], memberships: Mapping[uuid.UUID, str]) -> None:
        """Set the schools and memberships to choose from; without memberships nobody is asked."""
        self.buyer_id.choices = choices(buyers.items())
        self.membership_id.choices = choices(memberships.items())

    def terms(self) -> Terms:
        """What was typed, once it is valid."""
        return Terms(
            service=self.service.data,
            title=self.title.data,
            work=self.work.data,
            supply=self.supply.data,
            regulated=self.regulated.data == YES,
            price=price_of(self, self.pupils.data),
            schedule=self.schedule.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            extension_months=int(self.extension_months.data or 0),
            notice_months=int(self.notice_months.data),
            exemption_reason=self.exemption_reason.data or "",
            objectives=self.objectives.data or "",
            reviews=rules.reviews_in_order(
                (self.first_review.data, self.second_review.data, self.third_review.data)
            ),
            membership_id=self.membership_id.data,
        )


class NewAgreementForm(NewThingForm, TermsForm):
    """A new draft."""


class EditAgreementForm(EditForm, TermsForm):
    """A draft that is changed."""


class CheckForm(NewThingForm):
    """That somebody was checked: level and date. There is no field for a certificate, on purpose."""

    worker = TextField(
        "Who works there?",
        [Required("Say who works there, by name or by post."), Length(max=rules.LONGEST_WORKER)],
        description="By name or by post, for example: Network manager",
    )
    level = RadiosField(
        "Level of the check",
        [Required("Choose the level of the check.")],
        coerce=CheckLevel,
        choices=choices(LEVEL_LABELS.items()),
    )
    checked_on = DateInputField("Date of the check", [Required("Enter the date of the check.")])

    def checked(self) -> Checked:
        """What was typed, once it is valid."""
        return Checked(self.worker.data, self.level.data, self.checked_on.data)


class OrderForm(EditForm):
    """The buyer's order number."""

    purchase_order = TextField(
        "Your order number",
        [Length(max=rules.LONGEST_ORDER)],
        description="It will stand on the invoices from now on. Leave it blank for none",
        render_kw={"width": 20},
    )


class ReviewForm(Form):
    """What a review found."""

    held_on = DateInputField("When was it held?", [Required("Enter the day of the review.")])
    notes = LongTextField(
        "What did it find?", [Required("Say what the review found."), Length(max=rules.LONGEST_TEXT)]
    )


def price_of(form: Any, pupils: Decimal | None = None) -> Price:
    """The price that was typed. What does not belong to the basis is kept, for the rules to refuse."""
    basis = form.basis.data
    return Price(
        basis=basis,
        rate=form.rate.data or None,
        unit=(form.unit.data or "") if basis is Basis.PER_UNIT else "",
        pupils=int(pupils) if pupils is not None and basis is Basis.PER_PUPIL else None,
        share=int(form.share.data * HUNDREDTHS)
        if form.share.data is not None and basis is Basis.SHARE
        else None,
    )


def filled(agreement: Agreement) -> dict[str, Any]:
    """A draft's terms as the data of its form."""
    reviews = [review.due_on for review in agreement.reviews]
    answers = {None: None, True: YES, False: NO}
    return {
        **{
            name: getattr(agreement, name)
            for name in (
                *("buyer_id", "service", "title", "work", "supply", "basis", "rate", "unit", "schedule"),
                *("exemption_reason", "starts_on", "ends_on", "objectives", "membership_id", "version"),
            )
        },
        "regulated": answers[agreement.regulated],
        "pupils": None if agreement.pupils is None else Decimal(agreement.pupils),
        "share": None if agreement.share is None else Decimal(agreement.share) / HUNDREDTHS,
        "extension_months": Decimal(agreement.extension_months),
        "notice_months": Decimal(agreement.notice_months),
        **dict(zip(("first_review", "second_review", "third_review"), reviews, strict=False)),
    }
