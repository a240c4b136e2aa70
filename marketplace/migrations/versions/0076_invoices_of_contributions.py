"""A school sends the invoices of contributions."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

SOURCE = "ck_invoice_invoicesource"
SOURCES = ("manual", "shared_cost", "recovery_fee", "agreement", "late_interest")


def upgrade() -> None:
    """Go forward."""
    with rebuilt("invoice", {SOURCE: one_of("source", *SOURCES, "contribution")}):
        pass
    with rebuilt("fund", {}) as batch:
        batch.add_column(sa.Column("host_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_fund_host_id_school"), "school", ["host_id"], ["id"])
    op.create_table(
        "contribution_bill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contribution_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contribution_id"],
            ["contribution.id"],
            name=op.f("fk_contribution_bill_contribution_id_contribution"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_contribution_bill_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contribution_bill")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_contribution_bill_invoice_id")),
    )
    op.create_index(op.f("ix_contribution_bill_contribution_id"), "contribution_bill", ["contribution_id"])


def downgrade() -> None:
    """Go back; fails while an invoice of a contribution is there."""
    op.drop_table("contribution_bill")
    with rebuilt("fund", {}) as batch:
        batch.drop_constraint(op.f("fk_fund_host_id_school"), type_="foreignkey")
        batch.drop_column("host_id")
    with rebuilt("invoice", {SOURCE: one_of("source", *SOURCES)}):
        pass
