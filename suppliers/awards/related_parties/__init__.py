"""Whether a winner is a related party of a school that buys: reported before contracts are made."""
