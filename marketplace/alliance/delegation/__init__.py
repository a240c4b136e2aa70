"""Each school's delegation ladder: who may approve what, by its value."""
