"""Months of the books close; two people reopen them."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

STANDING = sa.text("reopening_id IS NULL")
WAITING = sa.text("status = 'proposed'")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "ledger_books",
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("year_end", _enum("yearend", "august", "march"), nullable=False),
        sa.Column("closed_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["organisation.id"], name=op.f("fk_ledger_books_holder_id_organisation")
        ),
        sa.PrimaryKeyConstraint("holder_id", name=op.f("pk_ledger_books")),
    )
    op.create_table(
        "ledger_reopening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", _enum("reopeningstatus", "proposed", "approved", "refused"), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_ledger_reopening_reason_given")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_ledger_reopening_two_people")
        ),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by IS NULL)",
            name=op.f("ck_ledger_reopening_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status = 'refused') = (refusal_reason <> '')",
            name=op.f("ck_ledger_reopening_refused_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["organisation.id"], name=op.f("fk_ledger_reopening_holder_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_ledger_reopening_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_ledger_reopening_decided_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_reopening")),
    )
    op.create_index(op.f("ix_ledger_reopening_holder_id"), "ledger_reopening", ["holder_id"])
    op.create_index(op.f("ix_ledger_reopening_status"), "ledger_reopening", ["status"])
    op.create_index(
        "uq_ledger_reopening_one_waiting",
        "ledger_reopening",
        ["holder_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_table(
        "ledger_closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("balances", sa.JSON(), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopening_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("until > first_on", name=op.f("ck_ledger_closing_in_order")),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["organisation.id"], name=op.f("fk_ledger_closing_holder_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_ledger_closing_closed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["reopening_id"],
            ["ledger_reopening.id"],
            name=op.f("fk_ledger_closing_reopening_id_ledger_reopening"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_closing")),
    )
    op.create_index(op.f("ix_ledger_closing_holder_id"), "ledger_closing", ["holder_id"])
    op.create_index(
        "uq_ledger_closing_standing",
        "ledger_closing",
        ["holder_id", "until"],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("ledger_closing")
    op.drop_table("ledger_reopening")
    op.drop_table("ledger_books")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
