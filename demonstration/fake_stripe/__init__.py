"""A pretend Stripe, for the demonstration and for tests: a program of its own that speaks HTTP here.

It answers what Weald asks of Stripe, honours idempotency keys, shows a page on which to pay, and sends
signed reports, on request several times and out of order. No money moves. It knows nothing of Weald and
imports none of it: `python -m demonstration.fake_stripe --help`.
"""
