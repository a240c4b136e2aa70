"""A match of money that came in can be undone: who did it, when and why."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "match_undoing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_match_undoing_reason_given")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bank_line.id"], name=op.f("fk_match_undoing_line_id_bank_line")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f("fk_match_undoing_undone_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_undoing")),
    )
    op.create_index(op.f("ix_match_undoing_line_id"), "match_undoing", ["line_id"])
    with op.batch_alter_table("bank_receipt") as batch:
        batch.add_column(sa.Column("undoing_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_bank_receipt_undoing_id_match_undoing"), "match_undoing", ["undoing_id"], ["id"]
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("bank_receipt") as batch:
        batch.drop_constraint(op.f("fk_bank_receipt_undoing_id_match_undoing"), type_="foreignkey")
        batch.drop_column("undoing_id")
    op.drop_table("match_undoing")
