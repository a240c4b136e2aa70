"""The pack for the independent examiner: everything about a year of the fund, as files with their hashes."""
