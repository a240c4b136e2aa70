"""The form that changes what a colleague may do."""

from __future__ import annotations

from marketplace.core.fields import RadiosField, Required, choices
from marketplace.core.forms import Form
from marketplace.core.policy import Role
from suppliers.profiles.members.rules import IN_WORDS


class RoleForm(Form):
    """Administrator or bidder."""

    role = RadiosField(
        "What may they do?",
        [Required("Choose what they may do.")],
        choices=choices(IN_WORDS.items()),
        coerce=Role,
    )
