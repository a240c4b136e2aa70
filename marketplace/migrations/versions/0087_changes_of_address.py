"""Changes of e-mail addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "email_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("old_email", sa.String(), nullable=False),
        sa.Column("new_email", sa.String(), nullable=False),
        sa.Column("confirm_hash", sa.String(), nullable=False),
        sa.Column("undo_hash", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "old_email = lower(old_email) AND new_email = lower(new_email)",
            name=op.f("ck_email_change_lower"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_email_change_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_change")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_email_change_confirm_hash")),
        sa.UniqueConstraint("undo_hash", name=op.f("uq_email_change_undo_hash")),
    )
    op.create_index(op.f("ix_email_change_person_id"), "email_change", ["person_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("email_change")
