"""Each school's register of contracts: end dates, notice dates, spend."""
