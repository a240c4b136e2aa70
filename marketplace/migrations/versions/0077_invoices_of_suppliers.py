"""E-invoices of suppliers."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "supplier_invoice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("number_key", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("supplied_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("order_said", sa.String(), nullable=False),
        sa.Column("contract_said", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("supplier_key", sa.String(), nullable=False),
        sa.Column("supplier_name", sa.String(), nullable=False),
        sa.Column("supplier_company_number", sa.String(), nullable=False),
        sa.Column("supplier_vat_number", sa.String(), nullable=False),
        sa.Column("buyer_name", sa.String(), nullable=False),
        sa.Column("allowances", sa.BigInteger(), nullable=False),
        sa.Column("charges", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("rounding", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(one_of("format", "ubl", "cii", "hybrid"), name=op.f("ck_supplier_invoice_format")),
        sa.CheckConstraint(
            one_of("status", "waiting", "accepted", "rejected"),
            name=op.f("ck_supplier_invoice_documentstatus"),
        ),
        sa.CheckConstraint("due = total - paid + rounding", name=op.f("ck_supplier_invoice_due_adds_up")),
        sa.CheckConstraint("total = net + vat", name=op.f("ck_supplier_invoice_total_adds_up")),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_by IS NULL)",
            name=op.f("ck_supplier_invoice_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status = 'waiting') = (reason = '')", name=op.f("ck_supplier_invoice_decided_with_reason")
        ),
        sa.CheckConstraint(
            "contract_id IS NULL OR status = 'accepted'",
            name=op.f("ck_supplier_invoice_contract_when_accepted"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_supplier_invoice_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_supplier_invoice_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["person.id"], name=op.f("fk_supplier_invoice_received_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_supplier_invoice_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"],
            ["contract.id"],
            name=op.f("fk_supplier_invoice_contract_id_contract"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_invoice")),
    )
    op.create_index(op.f("ix_supplier_invoice_school_id"), "supplier_invoice", ["school_id"])
    op.create_index(
        "uq_supplier_invoice_number",
        "supplier_invoice",
        ["school_id", "supplier_key", "number_key"],
        unique=True,
        sqlite_where=sa.text("status <> 'rejected'"),
        postgresql_where=sa.text("status <> 'rejected'"),
    )
    op.create_table(
        "supplier_invoice_line",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("price", sa.String(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("rate_basis_points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["supplier_invoice.id"],
            name=op.f("fk_supplier_invoice_line_invoice_id_supplier_invoice"),
        ),
        sa.PrimaryKeyConstraint("invoice_id", "position", name=op.f("pk_supplier_invoice_line")),
    )
    op.create_table(
        "supplier_invoice_tax",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("rate_basis_points", sa.Integer(), nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["supplier_invoice.id"],
            name=op.f("fk_supplier_invoice_tax_invoice_id_supplier_invoice"),
        ),
        sa.PrimaryKeyConstraint("invoice_id", "position", name=op.f("pk_supplier_invoice_tax")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("supplier_invoice_tax")
    op.drop_table("supplier_invoice_line")
    op.drop_table("supplier_invoice")
