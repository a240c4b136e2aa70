"""What people type about offers."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from wtforms.validators import Length

from invoicing.agreements.forms import HUNDREDTHS, PriceFields, price_of
from invoicing.agreements.offers.models import Offer
from invoicing.agreements.offers.rules import LONGEST_CONTACT, Offered, Wish
from invoicing.agreements.rules import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    SCHEDULE_LABELS,
    SERVICE_LABELS,
    SUPPLY_LABELS,
    Schedule,
    Service,
    Supply,
)
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    LongTextField,
    RadiosField,
    Required,
    TextField,
    choices,
)
from marketplace.core.forms import EditForm, Form, NewThingForm


class OfferFields(PriceFields):
    """What an offer says."""

    service = ChoiceField(
        "What is offered",
        [Required("Choose what is offered.")],
        coerce=Service,
        blank="Choose what is offered",
        choices=choices(SERVICE_LABELS.items()),
    )
    title = TextField(
        "In a few words",
        [Required("Say in a few words what is offered."), Length(max=LONGEST_TITLE)],
        description="For example: Minibus with 16 seats, without a driver",
    )
    what = LongTextField(
        "What it is",
        [Required("Say what is offered."), Length(max=LONGEST_TEXT)],
        description="When it is free, what it includes and what not",
    )
    supply = RadiosField(
        "Who works in the other school?",
        [Required("Choose who works in the other school.")],
        coerce=Supply,
        choices=choices(SUPPLY_LABELS.items()),
    )
    schedule = RadiosField(
        "How often is it invoiced?",
        [Required("Choose how often it is invoiced.")],
        coerce=Schedule,
        choices=choices(SCHEDULE_LABELS.items()),
    )
    contact = TextField(
        "Whom to ask",
        [Required("Say whom to ask."), Length(max=LONGEST_CONTACT)],
        description="A name or post, and how to reach them. The schools of your alliance read it",
    )


class OfferForm(Form, OfferFields):
    """An offer, whether new or changed."""

    def offered(self) -> Offered:
        """What was typed, once it is valid."""
        return Offered(
            service=self.service.data,
            title=self.title.data,
            what=self.what.data,
            supply=self.supply.data,
            price=price_of(self),
            schedule=self.schedule.data,
            contact=self.contact.data,
        )


class NewOfferForm(NewThingForm, OfferForm):
    """A new offer."""


class EditOfferForm(EditForm, OfferForm):
    """An offer that is changed."""


class AskForm(NewThingForm):
    """What a school wants of an offer."""

    school = ChoiceField(
        "For which school?", [Required("Choose the school.")], coerce=uuid.UUID, blank="Choose a school"
    )
    starts_on = DateInputField("First day", [Required("Enter the first day.")])
    ends_on = DateInputField("Last day", [Required("Enter the last day.")])
    words = LongTextField(
        "Anything else",
        [Length(max=500)],
        description="Such as days of the week, or how much of it",
        render_kw={"rows": 3},
    )

    def wish(self) -> Wish:
        """What was typed, once it is valid."""
        return Wish(self.starts_on.data, self.ends_on.data, self.words.data or "")


def filled(offer: Offer) -> dict[str, Any]:
    """An offer as the data of its form."""
    names = ("service", "title", "what", "supply", "basis", "rate", "unit", "schedule", "contact", "version")
    share = None if offer.share is None else Decimal(offer.share) / HUNDREDTHS
    return {**{name: getattr(offer, name) for name in names}, "share": share}
