"""Backups: the database and the stored files of one moment in one archive, and the way back."""
