"""Builders: each makes its thing by the actions that people use, so nothing is in an impossible state."""

from tests.make.alliance import Alliance, School, actor, alliance, import_schools, person, register, school

__all__ = ["Alliance", "School", "actor", "alliance", "import_schools", "person", "register", "school"]
