"""Credit notes, which never change, and how much of an invoice they took back."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

ONLY_GROW = ("credit_note", "credit_note_line", "credit_note_vat")
STATUS, AS_PAID = "ck_invoice_invoicestatus", "ck_invoice_status_as_paid"
WITHIN = "ck_invoice_credited_within_total"
UNSENT = "status IN ('draft', 'discarded')"


def upgrade() -> None:
    """Invoices are credited, in whole or in part."""
    checks = {
        STATUS: one_of("status", "draft", "issued", "part_paid", "paid", "credited", "discarded"),
        WITHIN: "credited >= 0 AND credited <= total",
        AS_PAID: f"({UNSENT} AND paid = 0 AND credited = 0)"
        " OR (status = 'issued' AND paid = 0 AND credited < total)"
        " OR (status = 'part_paid' AND paid > 0 AND paid + credited < total)"
        " OR (status = 'paid' AND paid > 0 AND paid + credited >= total AND credited < total)"
        " OR (status = 'credited' AND credited = total AND total > 0)",
    }
    with rebuilt("invoice", checks) as batch:
        batch.add_column(sa.Column("credited", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "credit_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=False),
        sa.CheckConstraint(
            "total = net + vat AND net > 0 AND vat >= 0", name=op.f("ck_credit_note_total_adds_up")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_credit_note_reason_given")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_credit_note_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["school.id"], name=op.f("fk_credit_note_issuer_id_school")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_credit_note_issued_by_person")),
        sa.ForeignKeyConstraint(
            ["document_sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_credit_note_document_sha256_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note")),
        sa.UniqueConstraint("issuer_id", "number", name=op.f("uq_credit_note_issuer_id_number")),
    )
    op.create_index(op.f("ix_credit_note_invoice_id"), "credit_note", ["invoice_id"])
    op.create_table(
        "credit_note_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_line_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("net > 0", name=op.f("ck_credit_note_line_net_positive")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_credit_note_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"],
            ["credit_note.id"],
            name=op.f("fk_credit_note_line_credit_note_id_credit_note"),
        ),
        sa.ForeignKeyConstraint(
            ["invoice_line_id"],
            ["invoice_line.id"],
            name=op.f("fk_credit_note_line_invoice_line_id_invoice_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_line")),
        sa.UniqueConstraint(
            "credit_note_id",
            "invoice_line_id",
            name=op.f("uq_credit_note_line_credit_note_id_invoice_line_id"),
        ),
    )
    op.create_index(op.f("ix_credit_note_line_invoice_line_id"), "credit_note_line", ["invoice_line_id"])
    op.create_table(
        "credit_note_vat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "S", "Z", "E", "O", name="vatcategory", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("rate_basis_points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("vat", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("taxable > 0 AND vat >= 0", name=op.f("ck_credit_note_vat_amounts_not_negative")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_note.id"], name=op.f("fk_credit_note_vat_credit_note_id_credit_note")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_note_vat")),
        sa.UniqueConstraint(
            "credit_note_id", "position", name=op.f("uq_credit_note_vat_credit_note_id_position")
        ),
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in ONLY_GROW:
        for change in ("UPDATE", "DELETE"):
            body = (
                "EXECUTE FUNCTION refuse_change()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are permanent'); END"
            )
            op.execute(
                f'CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON "{table}" FOR EACH ROW {body}'
            )


def downgrade() -> None:
    """Go back; fails where an invoice has been credited."""
    for table in reversed(ONLY_GROW):
        op.drop_table(table)
    checks = {
        STATUS: one_of("status", "draft", "issued", "part_paid", "paid", "discarded"),
        WITHIN: "",
        AS_PAID: f"({UNSENT} AND paid = 0) OR (status = 'issued' AND paid = 0 AND total > 0)"
        " OR (status = 'part_paid' AND paid > 0 AND paid < total)"
        " OR (status = 'paid' AND paid > 0 AND paid = total)",
    }
    with rebuilt("invoice", checks) as batch:
        batch.drop_column("credited")
