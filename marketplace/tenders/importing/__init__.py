"""Taking up tenders that were written elsewhere, as OCDS 1.1 release packages."""
