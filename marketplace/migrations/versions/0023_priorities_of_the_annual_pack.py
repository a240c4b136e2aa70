"""priorities of the annual pack"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "annual_priorities",
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("year_starts_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_annual_priorities_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_annual_priorities_set_by_person")),
        sa.PrimaryKeyConstraint("alliance_id", "year_starts_on", name=op.f("pk_annual_priorities")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("annual_priorities")
