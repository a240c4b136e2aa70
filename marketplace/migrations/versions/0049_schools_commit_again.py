"""Schools commit again to other volumes of a published tender."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "recommitment",
        sa.Column("extension_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("committed_by", sa.Uuid(), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["extension_id"], ["extension.id"], name=op.f("fk_recommitment_extension_id_extension")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_recommitment_school_id_school")),
        sa.ForeignKeyConstraint(
            ["committed_by"], ["person.id"], name=op.f("fk_recommitment_committed_by_person")
        ),
        sa.PrimaryKeyConstraint("extension_id", "school_id", name=op.f("pk_recommitment")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("recommitment")
