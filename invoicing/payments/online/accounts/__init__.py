"""Which account at Stripe takes the payments of a school: named by one person, agreed by a second."""
