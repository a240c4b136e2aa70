"""Forms for a supplier's entry and for finding suppliers."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, PasswordField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email

from marketplace.alliance.rules import LONGEST_ADDRESS, LONGEST_NAME, SHORTEST_PASSWORD
from marketplace.contracts.forms import category_choices
from marketplace.core.fields import (
    CheckboxesField,
    ChoiceField,
    EmailField,
    LongTextField,
    Required,
    TextField,
)
from marketplace.core.forms import EditForm, Form, NewThingForm
from marketplace.core.listing import FilterForm
from suppliers.profiles.rules import REGIONS, SupplierDetails


class DetailsFields(Form):
    """What a supplier says about itself. Limits of length are the rules' to check."""

    name = TextField(
        "Name of the organisation",
        [Required("Enter the name of the organisation")],
        description="As it stands on your invoices",
        render_kw={"autocomplete": "organization", "maxlength": LONGEST_NAME, "width": "two-thirds"},
    )
    company_number = TextField(
        "Company number (optional)",
        description="8 characters, like 01234567, SC123456 (Scotland) or NI123456 (Northern Ireland). "
        "Leave blank if you are a sole trader.",
        render_kw={"width": 10, "spellcheck": False},
    )
    charity_number = TextField(
        "Charity number (optional)",
        description="If you are a registered charity, like 1012345",
        render_kw={"width": 10, "spellcheck": False},
    )
    vat_number = TextField(
        "VAT number (optional)",
        description="Like GB 980 7806 84. Leave blank if you are not registered for VAT.",
        render_kw={"width": 20, "spellcheck": False},
    )
    address = LongTextField(
        "Address",
        [Required("Enter the address")],
        description="With the postcode",
        render_kw={"rows": 4, "autocomplete": "street-address", "maxlength": LONGEST_ADDRESS},
    )
    is_sme = BooleanField(
        "We are a small or medium-sized enterprise",
        description="Fewer than 250 staff, and turnover up to £44 million or balance sheet up to £38 million",
    )
    is_vcse = BooleanField(
        "We are a voluntary, community or social enterprise",
        description="Mainly serving social or environmental aims",
    )
    categories = CheckboxesField(
        "What do you supply?",
        [Required("Choose at least one category that you supply")],
        choices=category_choices,
        description="You are e-mailed when schools publish a tender in one of these.",
    )
    areas = CheckboxesField(
        "Where do you supply?",
        description="Tick the local authorities. Leave all blank if you supply everywhere in England.",
    )

    def details(self) -> SupplierDetails:
        """What was entered."""
        return SupplierDetails(
            name=self.name.data or "",
            company_number=self.company_number.data or "",
            vat_number=self.vat_number.data or "",
            is_sme=bool(self.is_sme.data),
            is_vcse=bool(self.is_vcse.data),
            address=self.address.data or "",
            categories=tuple(self.categories.data or ()),
            areas=tuple(self.areas.data or ()),
            charity_number=self.charity_number.data or "",
        )


class RegisterSupplierForm(DetailsFields, NewThingForm):
    """A supplier and the first person who acts for it."""

    person_name = TextField(
        "Your name", [Required("Enter your name")], render_kw={"autocomplete": "name", "width": "two-thirds"}
    )
    email = EmailField(
        "Your e-mail address",
        [
            Required("Enter your e-mail address"),
            Email("Enter an e-mail address in the right form, like name@example.com"),
        ],
        description="You sign in with it, and your receipts go to it.",
        render_kw={"width": "two-thirds"},
    )
    password = PasswordField(
        "Choose a password",
        [Required("Choose a password")],
        description=f"At least {SHORTEST_PASSWORD} characters. Three unrelated words do well.",
        render_kw={"autocomplete": "new-password"},
    )


class EditSupplierForm(DetailsFields, EditForm):
    """A supplier's details, changed."""


class FindSuppliersForm(FilterForm):
    """Part of a name or number, a category, an area, and what kind of organisation."""

    q = TextField("Name or number")
    category = ChoiceField("Category", choices=category_choices, blank="All categories")
    area = ChoiceField("Local authority", blank="All areas", render_kw={"searchable": True})
    sme = BooleanField("Small or medium-sized")
    vcse = BooleanField("Voluntary or social enterprise")


def area_choices(others: Iterable[str]) -> list[SelectChoice]:
    """The local authorities of England by region, and others that schools name."""
    listed = [
        SelectChoice(area, area, optgroup=region) for region, areas in REGIONS.items() for area in areas
    ]
    return [*listed, *(SelectChoice(area, area, optgroup="Elsewhere") for area in others)]
