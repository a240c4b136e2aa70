"""All documents of a month in one ZIP, with an index and the hash of every file."""
