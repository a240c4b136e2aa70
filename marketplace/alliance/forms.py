"""Forms for signing in, for colleagues and for schools."""

from __future__ import annotations

from typing import Any

from wtforms import PasswordField
from wtforms.validators import Email, EqualTo, Length

from marketplace.alliance.rules import (
    LONGEST_ACCOUNT_NAME,
    LONGEST_COMPANY_DETAILS,
    LONGEST_NAME,
    NOT_AN_ADDRESS,
    SHORTEST_PASSWORD,
)
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
from marketplace.core.policy import Role


class EmailIfGiven(Email):
    """An e-mail address, or nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data:
            super().__call__(form, field)


class SignInForm(Form):
    """E-mail address and password."""

    email = EmailField("E-mail address", [Required("Enter your e-mail address.")])
    password = PasswordField(
        "Password",
        [Required("Enter your password.")],
        render_kw={"autocomplete": "current-password", "width": 20},
    )


class ForgottenPasswordForm(Form):
    """Where to send a link to choose a password."""

    email = EmailField("E-mail address", [Required("Enter your e-mail address."), Email(NOT_AN_ADDRESS)])


class SetPasswordForm(Form):
    """A password, twice."""

    password = PasswordField(
        "Password",
        [Required("Enter a password.")],
        description=f"At least {SHORTEST_PASSWORD} characters. Three words that you can remember are good.",
        render_kw={"autocomplete": "new-password", "width": 20},
    )
    again = PasswordField(
        "The same password again",
        [Required("Enter the password again."), EqualTo("password", "The two passwords must be the same.")],
        render_kw={"autocomplete": "new-password", "width": 20},
    )


class AddPersonForm(NewThingForm):
    """A colleague and their roles."""

    name = TextField(
        "Full name",
        [Required("Enter your colleague’s name."), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "off", "width": 30},
    )
    email = EmailField(
        "E-mail address",
        [Required("Enter your colleague’s e-mail address."), Email(NOT_AN_ADDRESS)],
        render_kw={"autocomplete": "off", "width": 30},
    )
    roles = CheckboxesField("Roles", [Required("Choose at least one role.")], coerce=Role)


class PeopleFilter(FilterForm):
    """What to show of the list of people."""

    q = TextField("Name or e-mail address")


class SchoolsFilter(FilterForm):
    """What to show of the list of schools."""

    q = TextField("Name, URN or postcode")
    phase = ChoiceField("Phase", blank="All phases")


class EditSchoolForm(EditForm):
    """What a school says about itself."""

    address = LongTextField("Address on documents", render_kw={"rows": 4, "width": "two-thirds"})
    vat_number = TextField(
        "VAT registration number",
        description="Leave blank if the school is not registered. An example is GB 980 7806 84.",
        render_kw={"width": 20, "spellcheck": False},
    )
    company_details = TextField(
        "Company details on documents",
        [Length(max=LONGEST_COMPANY_DETAILS)],
        description=(
            "If a company runs the school, such as an academy trust: its registered name, number and office. "
            "An example is Oakfield Academy Trust, registered in England and Wales, number 01234567"
        ),
    )
    finance_email = EmailField(
        "E-mail address for invoices",
        [EmailIfGiven(NOT_AN_ADDRESS)],
        description="Such as finance@oakfield.sch.uk",
        render_kw={"width": 30},
    )
    account_name = TextField(
        "Name of the account", [Length(max=LONGEST_ACCOUNT_NAME)], render_kw={"width": 30}
    )
    sort_code = TextField(
        "Sort code", description="Six digits, like 30-94-31", render_kw={"width": 10, "inputmode": "numeric"}
    )
    account_number = TextField(
        "Account number", description="Eight digits", render_kw={"width": 10, "inputmode": "numeric"}
    )
