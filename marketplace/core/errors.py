"""The refusals a person can meet. Only `core/web.py`, `app.py` and signing in turn them into pages."""


class Refusal(Exception):
    """Something a person asked for that Weald will not do; the message says what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(Refusal):
    """It does not exist, or it is not this reader's to see. Shown as 404 either way."""

    def __init__(self, message: str = "We could not find that page.") -> None:
        super().__init__(message)


class Forbidden(Refusal):
    """The actor may see it but may not do this to it. Shown as 403."""


class ProofNeeded(Refusal):
    """The actor may do this, and shows first that it is still them. Shown as a page that asks (403)."""


class RuleBroken(Refusal):
    """What was asked breaks a rule. Shown as the form again with an error summary (422).

    `field` names the form field the message belongs to; None puts it on the whole form.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Stale(Refusal):
    """Somebody changed the thing since this person read it. Shown as 409, look again.

    `version` is the version the thing has now, where that is known. `is_final` says that it cannot be
    changed any more, so that saving again does not help.
    """

    def __init__(
        self,
        message: str = "Someone changed this while you were working on it.",
        version: int | None = None,
        *,
        is_final: bool = False,
    ) -> None:
        super().__init__(message)
        self.version = version
        self.is_final = is_final
