"""Alerts by e-mail when schools publish what a supplier supplies, and how somebody stops theirs."""
