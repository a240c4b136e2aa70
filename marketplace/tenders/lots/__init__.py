"""What dividing a tender into lots brings: a reason for none, limits for suppliers, tiers and bundles."""
