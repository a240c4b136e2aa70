"""Documents of suppliers with the day they end: checked once by one school, and shared with all."""
