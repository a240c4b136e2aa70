"""Trust partnerships: a school or trust buys support from an alliance for a time, on terms both agree."""
