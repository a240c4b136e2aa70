"""Suppliers' invoices stand in the books of the schools that owe them, and are paid.

What was accepted before stays out of the books: its school's finance package has it.
"""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

TABLE = "supplier_invoice"
STATUS, WHEN_ACCEPTED = f"ck_{TABLE}_documentstatus", f"ck_{TABLE}_contract_when_accepted"
CHECKS = {
    STATUS: one_of("status", "waiting", "accepted", "disputed", "rejected"),
    WHEN_ACCEPTED: "",
    f"ck_{TABLE}_contract_when_decided": "contract_id IS NULL OR status <> 'waiting'",
    f"ck_{TABLE}_in_books_when_accepted": "entry_id IS NULL OR status = 'accepted'",
    f"ck_{TABLE}_in_books_since": "(entry_id IS NULL) = (posted_on IS NULL)",
    f"ck_{TABLE}_owed_to_somebody": "entry_id IS NULL OR creditor_id IS NOT NULL",
    f"ck_{TABLE}_credits_by_credit_note": "credits_id IS NULL OR kind = 'credit_note'",
    f"ck_{TABLE}_kind": one_of("kind", "invoice", "credit_note"),
}
NUMBER = "uq_supplier_invoice_number"
NOT_REJECTED = sa.text("status <> 'rejected'")
LINKS = {
    "creditor_id": "creditor.id",
    "credits_id": "supplier_invoice.id",
    "entry_id": "ledger_entry.id",
}
UNDONE = (
    "(undone_by IS NULL) = (undone_at IS NULL) AND (undone_by IS NULL) = (undone_entry_id IS NULL)"
    " AND (undone_by IS NULL) = (undone_reason = '')"
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "creditor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company_number", sa.String(), nullable=False),
        sa.Column("vat_number", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_creditor_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_creditor")),
    )
    op.create_index(op.f("ix_creditor_school_id"), "creditor", ["school_id"])
    op.drop_index(NUMBER, TABLE)
    with rebuilt(TABLE, CHECKS) as batch:
        batch.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="invoice"))
        for name in ("preceding", "supplier_address", "buyer_address"):
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        for name in ("settled", "credited"):
            batch.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        for name in ("posted_on", "pay_by"):
            batch.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name, target in LINKS.items():
            table, key = target.split(".")
            batch.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{TABLE}_{name}_{table}"), table, [name], [key])
        batch.create_unique_constraint(op.f(f"uq_{TABLE}_entry_id"), ["entry_id"])
    for name in ("creditor_id", "credits_id"):
        op.create_index(op.f(f"ix_{TABLE}_{name}"), TABLE, [name])
    _number_index("school_id", "supplier_key", "number_key", "kind")
    _add_postings()
    _add_payments()


def _number_index(*columns: str) -> None:
    op.create_index(
        NUMBER,
        TABLE,
        list(columns),
        unique=True,
        sqlite_where=NOT_REJECTED,
        postgresql_where=NOT_REJECTED,
    )


def _add_postings() -> None:
    table = "supplier_posting"
    op.create_table(
        table,
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("posted_by", sa.Uuid(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_reason_given")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f(f"fk_{table}_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["supplier_invoice.id"], name=op.f(f"fk_{table}_invoice_id_supplier_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], [f"{table}.entry_id"], name=op.f(f"fk_{table}_reverses_id_{table}")
        ),
        sa.ForeignKeyConstraint(["posted_by"], ["person.id"], name=op.f(f"fk_{table}_posted_by_person")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("reverses_id", name=op.f(f"uq_{table}_reverses_id")),
    )
    op.create_index(op.f(f"ix_{table}_invoice_id"), table, ["invoice_id"])


def _add_payments() -> None:
    table = "supplier_payment"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_entry_id", sa.Uuid(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{table}_amount_positive")),
        sa.CheckConstraint(one_of("way", "paid", "paid_back"), name=op.f(f"ck_{table}_way")),
        sa.CheckConstraint(UNDONE, name=op.f(f"ck_{table}_undone_by_somebody")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["supplier_invoice.id"], name=op.f(f"fk_{table}_invoice_id_supplier_invoice")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f(f"fk_{table}_line_id_bank_line")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f(f"fk_{table}_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f(f"fk_{table}_recorded_by_person")),
        sa.ForeignKeyConstraint(
            ["undone_entry_id"], ["ledger_entry.id"], name=op.f(f"fk_{table}_undone_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["person.id"], name=op.f(f"fk_{table}_undone_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("entry_id", name=op.f(f"uq_{table}_entry_id")),
        sa.UniqueConstraint("undone_entry_id", name=op.f(f"uq_{table}_undone_entry_id")),
    )
    for name in ("invoice_id", "line_id"):
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name])


def downgrade() -> None:
    """Go back; fails while a document is disputed."""
    op.drop_table("supplier_payment")
    op.drop_table("supplier_posting")
    op.drop_index(NUMBER, TABLE)
    for name in ("creditor_id", "credits_id"):
        op.drop_index(op.f(f"ix_{TABLE}_{name}"), TABLE)
    before = dict.fromkeys(CHECKS, "") | {
        STATUS: one_of("status", "waiting", "accepted", "rejected"),
        WHEN_ACCEPTED: "contract_id IS NULL OR status = 'accepted'",
    }
    with rebuilt(TABLE, before) as batch:
        batch.drop_constraint(op.f(f"uq_{TABLE}_entry_id"), type_="unique")
        for name, target in LINKS.items():
            batch.drop_constraint(op.f(f"fk_{TABLE}_{name}_{target.split('.')[0]}"), type_="foreignkey")
            batch.drop_column(name)
        for name in (
            "kind",
            "preceding",
            "supplier_address",
            "buyer_address",
            "settled",
            "credited",
            "posted_on",
            "pay_by",
        ):
            batch.drop_column(name)
    _number_index("school_id", "supplier_key", "number_key")
    op.drop_table("creditor")
