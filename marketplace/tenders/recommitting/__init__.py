"""Schools commit again when a published tender is to buy other volumes of theirs."""
