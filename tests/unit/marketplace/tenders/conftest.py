"""In these tests every refusal is read."""

from tests.sentences import a_refusal_is_a_sentence

__all__ = ["a_refusal_is_a_sentence"]
