"""Forms for adding a document and for checking one."""

from __future__ import annotations

from marketplace.core.documents import ALLOWED, KINDS, Upload
from marketplace.core.fields import (
    MEGABYTE,
    ChoiceField,
    DateInputField,
    LongTextField,
    MoneyField,
    RadiosField,
    Required,
    TextField,
    UploadField,
    choices,
)
from marketplace.core.forms import EditForm, NewThingForm
from suppliers.profiles.documents.rules import KIND_LABELS, DocumentDetails, DocumentKind

LARGEST_DOCUMENT = 20 * MEGABYTE


class DocumentForm(NewThingForm):
    """A document, what it proves, and the day on which it ends."""

    kind = ChoiceField(
        "What is it?",
        [Required("Choose what the document is.")],
        choices=choices(KIND_LABELS.items()),
        coerce=DocumentKind,
        blank="Choose a kind",
    )
    document = UploadField(
        "The document",
        [Required("Choose the document.")],
        extensions=tuple(KINDS),
        max_bytes=LARGEST_DOCUMENT,
        description=f"{ALLOWED}, up to 20 MB. A clear photograph will do.",
    )
    ends_on = DateInputField(
        "Last day on which it holds",
        [Required("Enter the last day on which the document holds.")],
        description="If it names none, such as a safeguarding letter, enter a year from its date.",
    )
    number = TextField(
        "Policy, registration or certificate number (optional)",
        description="For the ICO it begins with Z",
        render_kw={"width": 20, "spellcheck": False},
    )
    cover = MoneyField("If it is insurance: cover for one claim", description="Such as £5,000,000")

    def details(self) -> DocumentDetails:
        """What was entered; call it on a valid form."""
        return DocumentDetails(self.kind.data, self.ends_on.data, self.number.data or "", self.cover.data)

    def upload(self) -> Upload:
        """What was chosen; call it on a valid form."""
        return Upload(self.document.data.filename or "", self.document.data.stream)


class CheckForm(EditForm):
    """What a school found."""

    accepted = RadiosField(
        "Is it in order?",
        [Required("Choose whether the document is in order.")],
        choices=choices(
            [
                ("yes", "Yes: it is genuine, in force, and says what the supplier entered"),
                ("no", "No: the supplier should send another"),
            ]
        ),
    )
    note = LongTextField(
        "What did you compare, or what is wrong?",
        [Required("Say what you compared, or what is wrong with the document.")],
        description="All schools read it. Such as: policy number checked with the insurer by telephone.",
        render_kw={"rows": 3},
    )
