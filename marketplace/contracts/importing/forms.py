"""The form that takes a register."""

from __future__ import annotations

from marketplace.contracts.importing.files import EXTENSIONS, LARGEST_FILE, MOST_ROWS
from marketplace.core.fields import Required, UploadField
from marketplace.core.forms import NewThingForm


class ImportForm(NewThingForm):
    """A register as a file."""

    register = UploadField(
        "Register",
        [Required("Choose the file with the register.")],
        extensions=EXTENSIONS,
        max_bytes=LARGEST_FILE,
        description=f"An Excel workbook (.xlsx) or CSV file with at most {MOST_ROWS:,} rows.",
    )
