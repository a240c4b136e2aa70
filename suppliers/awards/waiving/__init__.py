"""Which schools pay more by a recommended award than alone, and why they accept that."""
