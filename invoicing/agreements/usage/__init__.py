"""What was used under an agreement: logged by the seller, confirmed or questioned by the buyer."""
