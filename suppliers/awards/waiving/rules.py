"""What has to be said before an award by which a school pays more than alone is approved."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.core.errors import RuleBroken


def check_waived(waiting: Iterable[str]) -> None:
    """Every school that pays more than alone has said why it accepts that. Raises RuleBroken."""
    names = list(waiting)
    if names:
        raise RuleBroken(
            f"{', '.join(names)} would pay more than alone. A headteacher or governor of each such school "
            "says why it accepts that before anybody approves."
        )
