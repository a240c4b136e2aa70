"""What a school is owed and owes, by age, and the statement of account with any other."""
