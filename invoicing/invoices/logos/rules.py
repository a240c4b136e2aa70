"""What a logo must be."""

from __future__ import annotations

from marketplace.core.errors import RuleBroken

LARGEST_FILE = 2 * 1024 * 1024
LONGEST_WORDS = 100
WIDTH, HEIGHT = 600, 240
"""The most pixels across and down: a letterhead shows it about five centimetres wide."""


def check_words(words: str) -> None:
    """Raise RuleBroken unless there is something to say to who cannot see the picture."""
    if not words.strip():
        raise RuleBroken("Say what the picture shows, for people who cannot see it.", "words")
    if len(words) > LONGEST_WORDS:
        raise RuleBroken(f"What the picture shows must have {LONGEST_WORDS} characters or fewer.", "words")
