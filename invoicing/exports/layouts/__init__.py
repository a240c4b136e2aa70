"""Layouts: how a finance package wants documents, as data that a school can copy and change."""
