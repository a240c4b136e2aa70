"""Disputes: what a buyer does not accept of an invoice, and why. Nobody is reminded of that part."""
