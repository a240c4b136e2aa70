"""A joint tender: commitments, lots, criteria, price schedule, timetable, publication."""
