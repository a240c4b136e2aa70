"""Governing bodies confirm needs and claims too."""

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SUBJECTS = ("admission", "conversion", "partnership", "contribution", "commitment", "award")


def upgrade() -> None:
    """Allow the new subjects."""
    for table in ("decision", "confirmation"):
        with rebuilt(table, {f"ck_{table}_subject": one_of("subject", *SUBJECTS, "need", "claim")}):
            pass


def downgrade() -> None:
    """Take them away; fails while something uses one."""
    for table in ("decision", "confirmation"):
        with rebuilt(table, {f"ck_{table}_subject": one_of("subject", *SUBJECTS)}):
            pass
