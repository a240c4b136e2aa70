"""Statements of schools' bank accounts, and what came in with them."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "statement_columns",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_statement_columns_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["person.id"], name=op.f("fk_statement_columns_chosen_by_person")
        ),
        sa.PrimaryKeyConstraint("school_id", "account", name=op.f("pk_statement_columns")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("format", _enum("format", "csv", "camt", "ofx", "mt940"), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("doubled", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Uuid(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(first_on IS NULL) = (last_on IS NULL)", name=op.f("ck_bank_statement_read_whole")
        ),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_bank_statement_first_before_last")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_bank_statement_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_bank_statement_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["person.id"], name=op.f("fk_bank_statement_imported_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
    )
    op.create_index(op.f("ix_bank_statement_school_id"), "bank_statement", ["school_id"])
    _lines()
    op.create_table(
        "bank_receipt",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_bank_receipt_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bank_line.id"], name=op.f("fk_bank_receipt_line_id_bank_line")
        ),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_bank_receipt")),
    )
    op.create_index(op.f("ix_bank_receipt_line_id"), "bank_receipt", ["line_id"])


def downgrade() -> None:
    """Go back."""
    for table in ("bank_receipt", "bank_line", "bank_statement", "statement_columns"):
        op.drop_table(table)


def _lines() -> None:
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("statement_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("bank_id", sa.String(), nullable=False),
        sa.Column(
            "status", _enum("linestatus", "waiting", "matched", "set_aside", "outgoing"), nullable=False
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=True),
        sa.Column("on_account", sa.BigInteger(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_line_amount_not_zero")),
        sa.CheckConstraint(
            "(status = 'outgoing') = (amount < 0)", name=op.f("ck_bank_line_outgoing_is_negative")
        ),
        sa.CheckConstraint(
            "(status = 'matched') = (payer_id IS NOT NULL)", name=op.f("ck_bank_line_matched_has_a_payer")
        ),
        sa.CheckConstraint(
            "on_account >= 0 AND (on_account = 0 OR status = 'matched')",
            name=op.f("ck_bank_line_on_account"),
        ),
        sa.CheckConstraint(
            "(status = 'set_aside') = (reason <> '')", name=op.f("ck_bank_line_set_aside_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id_bank_statement")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_bank_line_school_id_school")),
        sa.ForeignKeyConstraint(["payer_id"], ["school.id"], name=op.f("fk_bank_line_payer_id_school")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_bank_line_settled_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("school_id", "identity", name=op.f("uq_bank_line_school_id_identity")),
    )
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"])
    op.create_index("ix_bank_line_school_id_status", "bank_line", ["school_id", "status"])


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
