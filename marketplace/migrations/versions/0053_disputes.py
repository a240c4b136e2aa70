"""Disputes of invoices."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import rebuilt

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

WITHIN = "ck_invoice_disputed_within_outstanding"


def upgrade() -> None:
    """Go forward."""
    within = "disputed >= 0 AND (disputed = 0 OR disputed <= total - credited - paid)"
    with rebuilt("invoice", {WITHIN: within}) as batch:
        batch.add_column(sa.Column("disputed", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "invoice_dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settlement", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_dispute_amount_positive")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_invoice_dispute_reason_given")),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settlement = '')", name=op.f("ck_invoice_dispute_settled_with_words")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_dispute_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"], ["person.id"], name=op.f("fk_invoice_dispute_raised_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by"], ["person.id"], name=op.f("fk_invoice_dispute_settled_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_dispute")),
    )
    op.create_index(op.f("ix_invoice_dispute_invoice_id"), "invoice_dispute", ["invoice_id"])
    op.create_index(
        "uq_invoice_dispute_open",
        "invoice_dispute",
        ["invoice_id"],
        unique=True,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )


def downgrade() -> None:
    """Go back. What schools disputed is lost."""
    op.drop_table("invoice_dispute")
    with rebuilt("invoice", {WITHIN: ""}) as batch:
        batch.drop_column("disputed")
