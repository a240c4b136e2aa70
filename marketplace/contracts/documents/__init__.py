"""Documents kept beside a contract."""
