"""Giving back what was paid online: proposed by one person of the school, approved by a second."""
