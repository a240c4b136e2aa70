"""What two people of a school decide: to write off what is not paid, to pay back what was paid too much."""
