"""Forms that ask for a proof and carry on what was being done. No field is called like one of theirs."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField

from marketplace.core.fields import Required, TextField
from marketplace.core.forms import Form

OWN_FIELDS = frozenset(
    {"csrf_token", "proof_password", "proof_code", "proof_credential", "proof_next", "proof_method"}
)


class ProofForm(Form):
    """What both ways have: where to go on, and how."""

    proof_next = HiddenField()
    proof_method = HiddenField()


class PasswordProofForm(ProofForm):
    """The password, and a code where there is a second factor."""

    proof_password = PasswordField(
        "Password",
        [Required("Enter your password.")],
        render_kw={"autocomplete": "current-password", "width": 20},
    )
    proof_code = TextField(
        "Code",
        description="Six digits from your authenticator app, or a recovery code from your sheet",
        render_kw={"autocomplete": "one-time-code", "width": 30, "spellcheck": False},
    )


class PasskeyProofForm(ProofForm):
    """The answer of a device."""

    proof_credential = HiddenField()
