"""The schedule for form VAT126: what a school that is not registered for VAT may claim back."""
