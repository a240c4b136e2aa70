"""The form that takes a file."""

from __future__ import annotations

from marketplace.core.documents import ALLOWED, KINDS
from marketplace.core.fields import Required, UploadField
from marketplace.core.forms import Form
from suppliers.quotes.files.rules import LARGEST_FILE


class AttachForm(Form):
    """One file; what is in it decides whether it is taken, not its name."""

    file = UploadField(
        "Your file",
        [Required("Choose a file")],
        extensions=list(KINDS),
        max_bytes=LARGEST_FILE,
        description=f"{ALLOWED}, smaller than 50 MB",
    )
