"""Forms for a bank account."""

from __future__ import annotations

from wtforms.validators import Email, Length

from marketplace.alliance.rules import LONGEST_ACCOUNT_NAME, NOT_AN_ADDRESS
from marketplace.core.fields import EmailField, LongTextField, Required, TextField
from marketplace.core.forms import EditForm, NewThingForm
from suppliers.profiles.bank.rules import Account


class AccountForm(NewThingForm):
    """A bank account, proposed."""

    account_name = TextField(
        "Name of the account",
        [Required("Enter the name of the account as the bank has it."), Length(max=LONGEST_ACCOUNT_NAME)],
        render_kw={"width": 30},
    )
    sort_code = TextField(
        "Sort code",
        [Required("Enter the sort code as six digits, like 30-94-31.")],
        description="Six digits, like 30-94-31",
        render_kw={"width": 10, "inputmode": "numeric"},
    )
    account_number = TextField(
        "Account number",
        [Required("Enter the account number as eight digits, like 00733445.")],
        description="Eight digits",
        render_kw={"width": 10, "inputmode": "numeric"},
    )
    account_email = EmailField(
        "E-mail address for payments",
        [Required("Enter an e-mail address."), Email(NOT_AN_ADDRESS)],
        description="We write to it when somebody wants to change the account later.",
        render_kw={"width": 30},
    )

    def account(self) -> Account:
        """What was entered."""
        return Account(
            self.account_name.data or "",
            self.sort_code.data or "",
            self.account_number.data or "",
            self.account_email.data or "",
        )


class CalledForm(EditForm):
    """How a finance lead checked the account."""

    spoke_to = TextField("Whom did you speak to?", [Required("Enter whom you spoke to.")])
    number_from = TextField(
        "Which number did you call, and where did you have it from?",
        [Required("Say which number you called and where you had it from.")],
        description="Such as an old invoice or the contract. Never a number from a message about the change.",
    )


class StopForm(EditForm):
    """Why a change is stopped."""

    reason = LongTextField(
        "Why is it stopped?", [Required("Say why the change is stopped.")], render_kw={"rows": 3}
    )
