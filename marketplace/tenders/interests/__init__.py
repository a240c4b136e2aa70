"""Conflicts of interest of the people behind a tender, declared and assessed before it is published."""
