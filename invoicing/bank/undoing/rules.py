"""When a match can be undone."""

from __future__ import annotations

from marketplace.core.errors import RuleBroken
from marketplace.core.money import Money


def check_still_held(on_account: Money, held: Money) -> None:
    """Raise RuleBroken when what a payment left on account has been used or paid back meanwhile."""
    if held < on_account:
        raise RuleBroken(
            f"This payment left {on_account} on account, and only {held} of that school’s is there now: the "
            "rest was used for another invoice or paid back. Set that right first, then undo the match."
        )


def check_reason(reason: str) -> str:
    """The reason as we keep it. Raises RuleBroken (field `reason`) without one."""
    if not reason.strip():
        raise RuleBroken("Say why: the school that paid and the auditor read it.", "reason")
    return reason.strip()
