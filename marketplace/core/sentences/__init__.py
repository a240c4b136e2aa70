"""What was done, in words: one sentence for every act, as the record of events tells it.

A sentence follows the name of whoever did it ("approved a need"). One in which that name is not the first
word says where it stands, as `{who}`.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.core.acts import Act
from marketplace.core.sentences import alliance, demand, money, offers

SENTENCES: Mapping[Act, str] = {
    **alliance.SENTENCES,
    **demand.SENTENCES,
    **offers.SENTENCES,
    **money.SENTENCES,
}


def told(act: str, who: str) -> str:
    """What was done and by whom. An act that Weald has no more is told by its name."""
    words = SENTENCES[Act(act)] if act in SENTENCES else f"did what was called {act}"
    return words.format(who=who) if "{who}" in words else f"{who} {words}"
