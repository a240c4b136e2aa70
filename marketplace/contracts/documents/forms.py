"""The form that takes a document."""

from __future__ import annotations

from marketplace.core.documents import ALLOWED, KINDS, Upload
from marketplace.core.fields import MEGABYTE, Required, UploadField
from marketplace.core.forms import NewThingForm

LARGEST_DOCUMENT = 20 * MEGABYTE


class DocumentForm(NewThingForm):
    """A file to keep beside a contract."""

    document = UploadField(
        "Document",
        [Required("Choose a document.")],
        extensions=tuple(KINDS),
        max_bytes=LARGEST_DOCUMENT,
        description=f"Such as the signed contract: {ALLOWED}, up to 20 MB.",
    )

    def upload(self) -> Upload:
        """What was chosen; call it on a valid form."""
        return Upload(self.document.data.filename or "", self.document.data.stream)
