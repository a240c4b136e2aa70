"""What Stripe reports: heard once, in any order, and counted in the ledger."""
