"""Who we are and what we need: alliances, contracts, needs and joint tenders."""
