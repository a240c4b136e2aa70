"""Whether a supplier stands on the debarment list, as schools looked it up."""
