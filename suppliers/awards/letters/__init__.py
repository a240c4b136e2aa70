"""What bidders are told: drafted from what the panel agreed, read by the coordinator, kept as it was sent."""
