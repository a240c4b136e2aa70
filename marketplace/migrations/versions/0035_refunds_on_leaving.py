"""A school that left is paid back its share of the fund, and owes only the part for its days."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

STATUSES = ("proposed", "confirmed", "received")


def upgrade() -> None:
    """Go forward."""
    checks = {
        "ck_contribution_contributionstatus": one_of("status", *STATUSES, "lapsed"),
        "ck_contribution_confirmed_by_governing_body": (
            "status = 'lapsed' OR (status = 'proposed') = (confirmation_id IS NULL)"
        ),
        "ck_contribution_reduced_by_days": "reduced_to > 0 AND reduced_to < amount",
    }
    with rebuilt("contribution", checks) as batch:
        batch.add_column(sa.Column("reduced_to", sa.BigInteger(), nullable=True))
    _make_refunds()
    _make_approvals()


def _make_refunds() -> None:
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "submitted",
                "approved",
                "paid",
                "withdrawn",
                name="refundstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.CheckConstraint(
            "(status = 'paid') = (entry_id IS NOT NULL) AND (entry_id IS NULL) = (paid_on IS NULL)",
            name=op.f("ck_refund_paid_in_ledger"),
        ),
        sa.CheckConstraint(
            "(status = 'withdrawn') = (withdrawal_reason <> '')", name=op.f("ck_refund_withdrawn_with_reason")
        ),
        sa.CheckConstraint(
            "(withdrawal_reason = '') = (withdrawn_by IS NULL)", name=op.f("ck_refund_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_refund_fund_id_fund")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_refund_school_id_school")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_refund_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["person.id"], name=op.f("fk_refund_withdrawn_by_person")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_refund_entry_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_refund_entry_id")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_refund_id_school_id")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_refund_membership_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_refund_reference")),
    )
    for column in ("fund_id", "school_id", "status"):
        op.create_index(op.f(f"ix_refund_{column}"), "refund", [column])


def _make_approvals() -> None:
    op.create_table(
        "refund_approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("leaver_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position IN (1, 2)", name=op.f("ck_refund_approval_two_approvals")),
        sa.CheckConstraint("school_id <> leaver_id", name=op.f("ck_refund_approval_another_school")),
        sa.ForeignKeyConstraint(
            ["refund_id", "leaver_id"],
            ["refund.id", "refund.school_id"],
            name=op.f("fk_refund_approval_refund_id_leaver_id_refund"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_refund_approval_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_refund_approval_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_approval")),
        sa.UniqueConstraint("refund_id", "person_id", name=op.f("uq_refund_approval_refund_id_person_id")),
        sa.UniqueConstraint("refund_id", "position", name=op.f("uq_refund_approval_refund_id_position")),
        sa.UniqueConstraint("refund_id", "school_id", name=op.f("uq_refund_approval_refund_id_school_id")),
    )


def downgrade() -> None:
    """Go back; fails once a contribution has lapsed. What was cut down to days is asked for whole again."""
    op.drop_table("refund_approval")
    op.drop_table("refund")
    checks = {
        "ck_contribution_contributionstatus": one_of("status", *STATUSES),
        "ck_contribution_confirmed_by_governing_body": "(status = 'proposed') = (confirmation_id IS NULL)",
        "ck_contribution_reduced_by_days": "",
    }
    with rebuilt("contribution", checks) as batch:
        batch.drop_column("reduced_to")
