"""E-invoices of suppliers: read, checked to the penny, matched, decided about, and shared with others."""
