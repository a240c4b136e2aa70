"""What Stripe kept, and what its payouts are made of: asked for by the worker, and counted."""
