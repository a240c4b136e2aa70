"""Conflicts, individual scores, agreed scores, price scoring, comparison."""
