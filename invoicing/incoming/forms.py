"""What people type about a supplier's invoice."""

from __future__ import annotations

import uuid

from wtforms.validators import Length

from invoicing.incoming import rules
from marketplace.core.fields import (
    ChoiceField,
    DateInputField,
    LongTextField,
    Required,
    TextField,
    UploadField,
)
from marketplace.core.forms import EditForm, NewThingForm

LONGEST_REASON = 1_000
LONGEST_ORDER = 60


class ReceiveForm(NewThingForm):
    """A supplier's invoice as a file, for one of the reader's schools."""

    school = ChoiceField(
        "School", [Required("Choose the school.")], coerce=uuid.UUID, blank="Choose a school"
    )
    document = UploadField(
        "E-invoice",
        [Required("Choose the file with the invoice.")],
        extensions=(".xml", ".pdf"),
        max_bytes=rules.LARGEST_FILE,
        description="UBL or CII (.xml), or a PDF with one of them inside (.pdf)",
    )


class AcceptForm(EditForm):
    """For which contract and order an invoice is, and why it is right."""

    contract = ChoiceField("Which contract is it for?", coerce=uuid.UUID, blank="None of the register")
    order_number = TextField(
        "Your order number", [Length(max=LONGEST_ORDER)], description="As your school’s own order says it"
    )
    posted_on = DateInputField(
        "Day in the books",
        [Required("Enter the day on which it stands in the books.")],
        description="The date of the document, or a later day while your books of that month are closed. "
        "VAT is claimed for the month of this day",
    )
    reason = LongTextField(
        "Why is it right?",
        [Required("Enter why the invoice is right."), Length(max=LONGEST_REASON)],
        description="For example: delivered on 3 November, counted by the site manager",
        render_kw={"rows": 3},
    )


class AcceptCreditForm(EditForm):
    """From which invoice a credit note takes back, and why it is right."""

    credits = ChoiceField(
        "Which invoice does it take back?",
        [Required("Choose the invoice that it takes back.")],
        coerce=uuid.UUID,
        blank="Choose an invoice",
    )
    posted_on = DateInputField(
        "Day in the books",
        [Required("Enter the day on which it stands in the books.")],
        description="The date of the document, or a later day while your books of that month are closed",
    )
    reason = LongTextField(
        "Why is it right?",
        [Required("Enter why the credit note is right."), Length(max=LONGEST_REASON)],
        description="For example: one visit of the three did not take place",
        render_kw={"rows": 3},
    )


class DisputeForm(EditForm):
    """Why an accepted document is not right after all."""

    reason = LongTextField(
        "What is wrong with it?",
        [Required("Enter what is wrong with it."), Length(max=LONGEST_REASON)],
        description="For example: the second delivery never came, and we had accepted both",
        render_kw={"rows": 3},
    )


class RejectForm(EditForm):
    """Why an invoice is not accepted."""

    reason = LongTextField(
        "What is wrong, and what should the supplier do?",
        [Required("Enter what is wrong, and what the supplier should do."), Length(max=LONGEST_REASON)],
        description="You get a text with this to send to the supplier; Weald sends nothing",
        render_kw={"rows": 4},
    )
