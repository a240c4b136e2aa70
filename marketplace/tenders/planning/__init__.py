"""The whole plan of a joint tender, from today to the first day of its contract."""
