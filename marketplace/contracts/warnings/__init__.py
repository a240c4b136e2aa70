"""Warnings in time: a school hears of a contract well before its last safe notice date."""
