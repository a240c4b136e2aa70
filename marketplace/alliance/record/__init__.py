"""What was done with an organisation's data, by whom and when: the record, for those whose it is."""
