"""What people send to have a logo."""

from __future__ import annotations

from wtforms.validators import Length

from invoicing.invoices.logos.rules import LARGEST_FILE, LONGEST_WORDS
from marketplace.core.fields import Required, TextField, UploadField
from marketplace.core.forms import Form


class LogoForm(Form):
    """A picture, and what it shows."""

    picture = UploadField(
        "Picture",
        [Required("Choose the picture.")],
        extensions=(".png", ".jpg", ".jpeg"),
        max_bytes=LARGEST_FILE,
        description="PNG or JPEG, smaller than 2 MB",
    )
    words = TextField(
        "What the picture shows",
        [Required("Say what the picture shows, for people who cannot see it."), Length(max=LONGEST_WORDS)],
        description="For people who cannot see it. For example: An oak leaf, the badge of our school",
    )
