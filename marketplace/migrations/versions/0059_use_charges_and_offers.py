"""What was used under agreements and charged, each once; draft invoices made of it; what schools offer."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

SOURCE = "ck_invoice_invoicesource"
SOURCES = ("manual", "shared_cost", "recovery_fee")


def upgrade() -> None:
    """Go forward."""
    with rebuilt("invoice", {SOURCE: one_of("source", *SOURCES, "agreement")}):
        pass
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.add_column(sa.Column("billed_until", sa.Date(), nullable=True))
    _make_agreement_offer()
    _make_agreement_bill()
    _make_agreement_usage()
    _make_agreement_charge()


def _make_agreement_offer() -> None:
    op.create_table(
        "agreement_offer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "offered",
                "withdrawn",
                name="offerstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "service",
            sa.Enum(
                "staff_days",
                "technician",
                "minibus",
                "cpd_places",
                "hall_hire",
                "trust_partnership",
                "associate_fee",
                "other",
                name="service",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column(
            "supply",
            sa.Enum(
                "teaching",
                "other_staff",
                "no_staff",
                name="supply",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "basis",
            sa.Enum(
                "fixed",
                "per_pupil",
                "per_unit",
                "at_cost",
                "share",
                name="basis",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column(
            "schedule",
            sa.Enum(
                "monthly", "termly", name="schedule", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(basis = 'per_unit') = (unit <> '')", name=op.f("ck_agreement_offer_unit_of_rate")
        ),
        sa.CheckConstraint(
            "(basis = 'share') = (share IS NOT NULL)", name=op.f("ck_agreement_offer_share_given")
        ),
        sa.CheckConstraint(
            "(basis IN ('fixed', 'per_pupil', 'per_unit')) = (rate IS NOT NULL)",
            name=op.f("ck_agreement_offer_rated"),
        ),
        sa.CheckConstraint("rate > 0", name=op.f("ck_agreement_offer_rate_positive")),
        sa.CheckConstraint("share BETWEEN 1 AND 10000", name=op.f("ck_agreement_offer_share_within_whole")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_agreement_offer_made_by_person")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_agreement_offer_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_offer")),
    )
    op.create_index(op.f("ix_agreement_offer_school_id_status"), "agreement_offer", ["school_id", "status"])


def _make_agreement_bill() -> None:
    op.create_table(
        "agreement_bill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_bill_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_agreement_bill_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_agreement_bill_made_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_bill")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_agreement_bill_invoice_id")),
    )
    op.create_index(op.f("ix_agreement_bill_agreement_id"), "agreement_bill", ["agreement_id"])


def _make_agreement_usage() -> None:
    op.create_table(
        "agreement_usage",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "logged",
                "questioned",
                "confirmed",
                "taken_back",
                name="usagestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("logged_by", sa.Uuid(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "status <> 'confirmed' OR answered_by <> logged_by",
            name=op.f("ck_agreement_usage_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "status <> 'confirmed' OR answered_by IS NOT NULL",
            name=op.f("ck_agreement_usage_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "status <> 'questioned' OR question <> ''", name=op.f("ck_agreement_usage_questioned_in_words")
        ),
        sa.CheckConstraint("words <> ''", name=op.f("ck_agreement_usage_in_words")),
        sa.CheckConstraint(
            "(units IS NULL) <> (cost IS NULL)", name=op.f("ck_agreement_usage_units_or_cost")
        ),
        sa.CheckConstraint("cost > 0", name=op.f("ck_agreement_usage_cost_positive")),
        sa.CheckConstraint("units > 0", name=op.f("ck_agreement_usage_units_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_usage_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_agreement_usage_answered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["logged_by"], ["person.id"], name=op.f("fk_agreement_usage_logged_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_usage")),
    )
    op.create_index(
        op.f("ix_agreement_usage_agreement_id_status"), "agreement_usage", ["agreement_id", "status"]
    )


def _make_agreement_charge() -> None:
    op.create_table(
        "agreement_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("usage_id", sa.Uuid(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("supplied_on", sa.Date(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("bill_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(usage_id IS NULL) <> (period_start IS NULL)", name=op.f("ck_agreement_charge_of_use_or_period")
        ),
        sa.CheckConstraint("net > 0", name=op.f("ck_agreement_charge_net_positive")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_agreement_charge_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_charge_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["agreement_bill.id"], name=op.f("fk_agreement_charge_bill_id_agreement_bill")
        ),
        sa.ForeignKeyConstraint(
            ["usage_id"], ["agreement_usage.id"], name=op.f("fk_agreement_charge_usage_id_agreement_usage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_charge")),
        sa.UniqueConstraint(
            "agreement_id", "period_start", name=op.f("uq_agreement_charge_agreement_id_period_start")
        ),
        sa.UniqueConstraint("usage_id", name=op.f("uq_agreement_charge_usage_id")),
    )
    op.create_index(op.f("ix_agreement_charge_agreement_id"), "agreement_charge", ["agreement_id"])
    op.create_index(op.f("ix_agreement_charge_bill_id"), "agreement_charge", ["bill_id"])


def downgrade() -> None:
    """Go back; fails while an invoice was made from an agreement. Use, charges and offers are lost."""
    op.drop_table("agreement_charge")
    op.drop_table("agreement_usage")
    op.drop_table("agreement_bill")
    op.drop_table("agreement_offer")
    with op.batch_alter_table("agreement") as batch_op:
        batch_op.drop_column("billed_until")
    with rebuilt("invoice", {SOURCE: one_of("source", *SOURCES)}):
        pass
