"""Each school's own term dates: what a deadline, a plan or a visit should keep clear of."""
