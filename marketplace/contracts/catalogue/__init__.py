"""Categories that an administrator adds as data, beside those that Weald comes with."""
