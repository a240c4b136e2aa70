"""Schools may have a UKPRN, by which notices name them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column with its check in one statement: SQLite cannot add a check to a table later."""
    op.execute(
        "ALTER TABLE school ADD COLUMN ukprn VARCHAR CONSTRAINT ck_school_ukprn_length CHECK (length(ukprn) = 8)"
    )


def downgrade() -> None:
    """Forget the numbers."""
    with op.batch_alter_table("school") as school:
        school.drop_column("ukprn")
