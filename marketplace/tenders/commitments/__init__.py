"""Schools' commitments: their volumes, their conditions, their governing bodies' confirmations."""
