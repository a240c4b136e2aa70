"""What schools owe one another is netted: settlements, and an account that each clears."""

import re

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

KIND = "ck_ledger_account_accountkind"
OPEN = sa.text("status = 'proposed'")


def upgrade() -> None:
    """Go forward."""
    _count_in_accounts([*_kinds(), "clearing"])
    op.create_table(
        "settlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column(
            "status", _enum("settlementstatus", "proposed", "agreed", "settled", "withdrawn"), nullable=False
        ),
        sa.Column("due_until", sa.Date(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("is_fewest", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_because", sa.String(), nullable=False),
        sa.Column("worked_out", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawn_because <> '')",
            name=op.f("ck_settlement_withdrawn_for_a_reason"),
        ),
        sa.CheckConstraint(
            "(status IN ('agreed', 'settled')) = (agreed_on IS NOT NULL)",
            name=op.f("ck_settlement_agreed_on_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_settlement_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_settlement_proposed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
        sa.UniqueConstraint("reference", name=op.f("uq_settlement_reference")),
    )
    op.create_index(op.f("ix_settlement_alliance_id"), "settlement", ["alliance_id"])
    op.create_index(
        "uq_settlement_open",
        "settlement",
        ["alliance_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )

    op.create_table(
        "settlement_absence",
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_settlement_absence_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_settlement_absence_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_settlement_absence_school_id_school")
        ),
        sa.PrimaryKeyConstraint("alliance_id", "school_id", name=op.f("pk_settlement_absence")),
    )
    op.create_table(
        "settlement_party",
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("figure", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(accepted_by IS NULL) = (accepted_at IS NULL)",
            name=op.f("ck_settlement_party_accepted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by"], ["person.id"], name=op.f("fk_settlement_party_accepted_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_settlement_party_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_settlement_party_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("settlement_id", "school_id", name=op.f("pk_settlement_party")),
    )
    op.create_index(op.f("ix_settlement_party_school_id"), "settlement_party", ["school_id"])

    op.create_table(
        "settlement_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(paid_on IS NULL) = (received_by IS NULL) AND (paid_on IS NULL) = (entry_id IS NULL)",
            name=op.f("ck_settlement_payment_received_by_somebody"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_payment_amount_positive")),
        sa.CheckConstraint("payer_id <> payee_id", name=op.f("ck_settlement_payment_two_schools")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_settlement_payment_entry_id_ledger_entry")
        ),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["school.id"], name=op.f("fk_settlement_payment_payee_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["school.id"], name=op.f("fk_settlement_payment_payer_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["received_by"], ["person.id"], name=op.f("fk_settlement_payment_received_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_settlement_payment_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_payment")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_settlement_payment_entry_id")),
        sa.UniqueConstraint(
            "settlement_id", "position", name=op.f("uq_settlement_payment_settlement_id_position")
        ),
    )
    op.create_index(op.f("ix_settlement_payment_payee_id"), "settlement_payment", ["payee_id"])
    op.create_index(op.f("ix_settlement_payment_payer_id"), "settlement_payment", ["payer_id"])

    op.create_table(
        "settlement_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount_before", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("why", _enum("why", "paid", "disputed", "stays_out"), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount >= 0 AND amount < amount_before", name=op.f("ck_settlement_change_less_than_before")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_settlement_change_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_settlement_change_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_change")),
    )
    op.create_index(op.f("ix_settlement_change_settlement_id"), "settlement_change", ["settlement_id"])

    op.create_table(
        "settlement_item",
        sa.Column("settlement_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_settlement_item_amount_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_settlement_item_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_settlement_item_payment_id_payment")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlement.id"], name=op.f("fk_settlement_item_settlement_id_settlement")
        ),
        sa.PrimaryKeyConstraint("settlement_id", "invoice_id", name=op.f("pk_settlement_item")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_settlement_item_payment_id")),
    )
    op.create_index(op.f("ix_settlement_item_invoice_id"), "settlement_item", ["invoice_id"])


def downgrade() -> None:
    """Go back."""
    for table in (
        "settlement_item",
        "settlement_change",
        "settlement_payment",
        "settlement_party",
        "settlement_absence",
        "settlement",
    ):
        op.drop_table(table)
    _count_in_accounts([kind for kind in _kinds() if kind != "clearing"])


def _kinds() -> list[str]:
    """The kinds of account that there are so far, in their order."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("ledger_account")
    (present,) = [one["sqltext"] for one in checks if one["name"] == KIND]
    return re.findall(r"'(\w+)'", present)


def _count_in_accounts(kinds: list[str]) -> None:
    """Allow these kinds. SQLite makes the table anew, so its triggers are made anew too."""
    with rebuilt("ledger_account", {KIND: one_of("kind", *kinds)}):
        pass
    if op.get_bind().dialect.name == "postgresql":
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER IF EXISTS ledger_account_no_{change.lower()}")
        op.execute(
            f"CREATE TRIGGER ledger_account_no_{change.lower()} BEFORE {change} ON ledger_account FOR EACH ROW"
            " BEGIN SELECT RAISE(ABORT, 'rows of ledger_account are permanent'); END"
        )


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
