"""What two people of a school decide: to write off what is not paid, to pay back what was paid too much."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

WAITING = sa.text("status = 'proposed'")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "payment_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("proposalkind", "write_off", "repayment"), nullable=False),
        sa.Column("status", _enum("proposalstatus", "proposed", "approved", "refused"), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_proposal_amount_positive")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_payment_proposal_reason_given")),
        sa.CheckConstraint(
            "(kind = 'write_off') = (invoice_id IS NOT NULL)",
            name=op.f("ck_payment_proposal_written_off_of_an_invoice"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_payment_proposal_two_people")
        ),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by IS NULL)",
            name=op.f("ck_payment_proposal_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status = 'approved') = (entry_id IS NOT NULL)",
            name=op.f("ck_payment_proposal_approved_in_ledger"),
        ),
        sa.CheckConstraint(
            "(status = 'refused') = (refusal_reason <> '')",
            name=op.f("ck_payment_proposal_refused_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_payment_proposal_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["school.id"], name=op.f("fk_payment_proposal_other_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_payment_proposal_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_payment_proposal_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_payment_proposal_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entry.id"], name=op.f("fk_payment_proposal_entry_id_ledger_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_proposal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_payment_proposal_entry_id")),
    )
    op.create_index(op.f("ix_payment_proposal_school_id"), "payment_proposal", ["school_id"])
    op.create_index(op.f("ix_payment_proposal_status"), "payment_proposal", ["status"])
    op.create_index(
        "uq_payment_proposal_one_waiting",
        "payment_proposal",
        ["school_id", "other_id", "kind", "invoice_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("payment_proposal")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
