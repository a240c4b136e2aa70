"""What schools read about suppliers on the debarment list."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "debarment_look_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reference <> ''", name=op.f("ck_debarment_look_up_says_what_was_read")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_debarment_look_up_supplier_id_supplier")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_debarment_look_up_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_debarment_look_up_recorded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debarment_look_up")),
    )
    op.create_index(op.f("ix_debarment_look_up_supplier_id"), "debarment_look_up", ["supplier_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("debarment_look_up")
