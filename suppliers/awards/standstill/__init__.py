"""The time between the award notice and the contracts, in which suppliers can challenge the decision."""
