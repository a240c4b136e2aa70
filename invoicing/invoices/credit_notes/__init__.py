"""Credit notes: documents that take back what an issued invoice charged too much, line by line."""
