"""Invoices of contributions: the school that keeps the fund's money sends them and passes on what is paid."""
