"""The Strategic Board: one seat for each full member, and who holds it."""
