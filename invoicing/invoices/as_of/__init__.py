"""An invoice as it stood on an earlier day: the same files, what was credited, paid and disputed by then."""
