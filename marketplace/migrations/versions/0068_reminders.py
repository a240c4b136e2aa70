"""Reminders of invoices, what schools chose, and interest on late payment."""

import re

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

SOURCE = "ck_invoice_invoicesource"
NEW = "late_interest"


def upgrade() -> None:
    """Go forward."""
    _make_from([*_sources(), NEW])
    op.create_table(
        "reminder_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reminder_day")),
    )
    op.create_table(
        "reminder_choice",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("charges_interest", sa.Boolean(), nullable=False),
        sa.Column("chosen_by", sa.Uuid(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "before <= 0 AND first > 0 AND second > first AND last > second",
            name=op.f("ck_reminder_choice_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["chosen_by"], ["person.id"], name=op.f("fk_reminder_choice_chosen_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_reminder_choice_school_id_school")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_reminder_choice")),
    )
    op.create_table(
        "interest_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("rate_basis_points", sa.Integer(), nullable=False),
        sa.Column("interest", sa.BigInteger(), nullable=False),
        sa.Column("fixed_sum", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("interest >= 0 AND fixed_sum >= 0", name=op.f("ck_interest_charge_not_negative")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["invoice.id"], name=op.f("fk_interest_charge_draft_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_interest_charge_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_interest_charge_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_charge")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_interest_charge_draft_id")),
    )
    op.create_index(op.f("ix_interest_charge_invoice_id"), "interest_charge", ["invoice_id"])

    op.create_table(
        "reminder_hold",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", sa.Uuid(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_reminder_hold_reason_given")),
        sa.ForeignKeyConstraint(["held_by"], ["person.id"], name=op.f("fk_reminder_hold_held_by_person")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_reminder_hold_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_reminder_hold")),
    )
    op.create_table(
        "sent_reminder",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("step", _enum("step", "before", "first", "second", "last"), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_sent_reminder_amount_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_sent_reminder_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["sent_on"], ["reminder_day.day"], name=op.f("fk_sent_reminder_sent_on_reminder_day")
        ),
        sa.PrimaryKeyConstraint("invoice_id", "step", name=op.f("pk_sent_reminder")),
    )


def downgrade() -> None:
    """Go back."""
    for table in (
        "sent_reminder",
        "reminder_hold",
        "interest_charge",
        "reminder_choice",
        "reminder_day",
    ):
        op.drop_table(table)
    _make_from([source for source in _sources() if source != NEW])


def _sources() -> list[str]:
    """What an invoice can be made from so far, in its order."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("invoice")
    (present,) = [one["sqltext"] for one in checks if one["name"] == SOURCE]
    return re.findall(r"'(\w+)'", present)


def _make_from(sources: list[str]) -> None:
    with rebuilt("invoice", {SOURCE: one_of("source", *sources)}):
        pass


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
