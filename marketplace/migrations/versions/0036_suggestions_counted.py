"""How many suggestions there are for an alliance is kept, so that a home page need not work them out."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. The first count is made by the job, within a minute."""
    op.create_table(
        "suggestion_count",
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_suggestion_count_number_not_negative")),
        sa.CheckConstraint(
            "(number = 0) = (decide_by IS NULL)", name=op.f("ck_suggestion_count_most_urgent_dated")
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_suggestion_count_alliance_id_organisation")
        ),
        sa.PrimaryKeyConstraint("alliance_id", name=op.f("pk_suggestion_count")),
    )


def downgrade() -> None:
    """Go back: home pages work it out themselves again."""
    op.drop_table("suggestion_count")
