"""Drafts that are issued together by the worker, and how far each is."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "invoice_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_invoice_batch_size_positive")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_invoice_batch_school_id_school")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_invoice_batch_asked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_batch")),
    )
    op.create_index(op.f("ix_invoice_batch_school_id"), "invoice_batch", ["school_id"])
    op.create_index(op.f("ix_invoice_batch_finished_at"), "invoice_batch", ["finished_at"])
    statuses = ("waiting", "issued", "set_aside", "stopped")
    op.create_table(
        "invoice_batch_item",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*statuses, name="itemstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'set_aside') = (reason <> '')",
            name=op.f("ck_invoice_batch_item_reason_of_set_aside"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (done_at IS NULL)",
            name=op.f("ck_invoice_batch_item_done_when_not_waiting"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["invoice_batch.id"], name=op.f("fk_invoice_batch_item_batch_id_invoice_batch")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_batch_item_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_invoice_batch_item")),
    )
    op.create_index("ix_invoice_batch_item_batch_id_status", "invoice_batch_item", ["batch_id", "status"])
    op.create_index(op.f("ix_invoice_batch_item_invoice_id"), "invoice_batch_item", ["invoice_id"])
    op.create_index(
        "ix_invoice_batch_item_waits_once",
        "invoice_batch_item",
        ["invoice_id"],
        unique=True,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("invoice_batch_item")
    op.drop_table("invoice_batch")
