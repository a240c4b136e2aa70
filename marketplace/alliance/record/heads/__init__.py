"""The head of the record goes out to those whose data it is, so that they can show later what it held."""
