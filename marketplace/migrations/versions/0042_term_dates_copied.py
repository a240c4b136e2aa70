"""Term dates may be copied from another school of the same local authority."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. What is saved was entered."""
    with op.batch_alter_table("school_year") as batch:
        batch.add_column(sa.Column("copied_from", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_school_year_copied_from_school"), "school", ["copied_from"], ["id"])


def downgrade() -> None:
    """Go back: copied dates stay, and no longer say so."""
    with op.batch_alter_table("school_year") as batch:
        batch.drop_constraint(op.f("fk_school_year_copied_from_school"), type_="foreignkey")
        batch.drop_column("copied_from")
