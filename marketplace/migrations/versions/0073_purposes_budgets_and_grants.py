"""The fund keeps purposes apart: budgets of the board, grants, and what a refund is paid from."""

import uuid

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

SUBJECTS = ("admission", "conversion", "partnership", "contribution", "commitment", "award", "need", "claim")
PURPOSES = (
    "school_improvement",
    "staff_training",
    "shared_staff",
    "shared_systems",
    "pupil_activities",
    "buying_together",
)


def upgrade() -> None:
    """Go forward."""
    for table in ("decision", "confirmation"):
        with rebuilt(table, {f"ck_{table}_subject": one_of("subject", *SUBJECTS, "budget")}):
            pass
    _grants()
    _budgets()
    op.create_table(
        "refund_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", _enum("purpose", *PURPOSES), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_part_amount_positive")),
        sa.ForeignKeyConstraint(["refund_id"], ["refund.id"], name=op.f("fk_refund_part_refund_id_refund")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_part")),
        sa.UniqueConstraint("refund_id", "purpose", name=op.f("uq_refund_part_refund_id_purpose")),
    )
    _parts_of_older_refunds()


def downgrade() -> None:
    """Go back; fails while something uses the new subject."""
    for table in ("refund_part", "fund_budget_line", "fund_budget", "fund_grant"):
        op.drop_table(table)
    for table in ("decision", "confirmation"):
        with rebuilt(table, {f"ck_{table}_subject": one_of("subject", *SUBJECTS)}):
            pass


def _parts_of_older_refunds() -> None:
    """What was set aside before is paid from what was collected before: kept for no purpose in particular."""
    refund = sa.table("refund", sa.column("id", sa.Uuid()), sa.column("amount", sa.BigInteger()))
    part = sa.table(
        "refund_part",
        sa.column("id", sa.Uuid()),
        sa.column("refund_id", sa.Uuid()),
        sa.column("amount", sa.BigInteger()),
    )
    found = op.get_bind().execute(sa.select(refund.c.id, refund.c.amount)).all()
    if found:
        op.bulk_insert(
            part, [{"id": uuid.uuid4(), "refund_id": one.id, "amount": one.amount} for one in found]
        )


def _grants() -> None:
    op.create_table(
        "fund_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column(
            "kind",
            _enum("giver", "government", "local_authority", "charity", "company", "parents", "school"),
            nullable=False,
        ),
        sa.Column("giver", sa.String(), nullable=False),
        sa.Column("purpose", _enum("purpose", *PURPOSES), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.Column("evidence_name", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_grant_amount_positive")),
        sa.CheckConstraint("kind NOT IN ('parents', 'school')", name=op.f("ck_fund_grant_from_who_may_give")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_grant_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["evidence_sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_fund_grant_evidence_sha256_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_fund_grant_recorded_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_fund_grant_entry_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_grant")),
        sa.UniqueConstraint("reference", name=op.f("uq_fund_grant_reference")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_fund_grant_entry_id")),
    )
    op.create_index(op.f("ix_fund_grant_fund_id"), "fund_grant", ["fund_id"])


def _budgets() -> None:
    op.create_table(
        "fund_budget",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("year_start", sa.Date(), nullable=False),
        sa.Column("status", _enum("budgetstatus", "proposed", "set", "dropped"), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'proposed') = (settled_at IS NULL)", name=op.f("ck_fund_budget_settled_at_a_moment")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_budget_fund_id_fund")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_fund_budget_proposed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund_budget")),
        sa.UniqueConstraint("reference", name=op.f("uq_fund_budget_reference")),
    )
    op.create_index(op.f("ix_fund_budget_fund_id"), "fund_budget", ["fund_id"])
    op.create_index(
        "uq_fund_budget_proposed",
        "fund_budget",
        ["fund_id", "year_start"],
        unique=True,
        sqlite_where=sa.text("status = 'proposed'"),
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.create_table(
        "fund_budget_line",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", _enum("purpose", *PURPOSES), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_fund_budget_line_amount_positive")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["fund_budget.id"], name=op.f("fk_fund_budget_line_budget_id_fund_budget")
        ),
        sa.PrimaryKeyConstraint("budget_id", "purpose", name=op.f("pk_fund_budget_line")),
    )


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
