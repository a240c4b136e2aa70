"""What one school sells to another: agreements, their reviews, extensions and safeguarding checks."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    _make_agreement()
    _make_agreement_extension()
    _make_agreement_review()
    _make_safeguarding_check()


def _make_agreement() -> None:
    op.create_table(
        "agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "proposed",
                "agreed",
                "running",
                "ended",
                "discarded",
                name="agreementstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked", sa.Boolean(), nullable=False),
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
        sa.Column("work", sa.String(), nullable=False),
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
        sa.Column("regulated", sa.Boolean(), nullable=True),
        sa.Column("exemption_reason", sa.String(), nullable=False),
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
        sa.Column("pupils", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column(
            "schedule",
            sa.Enum(
                "monthly", "termly", name="schedule", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("extension_months", sa.Integer(), nullable=False),
        sa.Column("notice_months", sa.Integer(), nullable=False),
        sa.Column("objectives", sa.String(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("purchase_order", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposals", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_because", sa.String(), nullable=False),
        sa.Column("seller_signed_by", sa.Uuid(), nullable=True),
        sa.Column("seller_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("buyer_signed_by", sa.Uuid(), nullable=True),
        sa.Column("buyer_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_by_id", sa.Uuid(), nullable=True),
        sa.Column("notice_given_on", sa.Date(), nullable=True),
        sa.Column("notice_last_day", sa.Date(), nullable=True),
        sa.Column("notice_reason", sa.String(), nullable=False),
        sa.Column("reminded_of_end", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(basis = 'per_pupil') = (pupils IS NOT NULL)", name=op.f("ck_agreement_pupils_counted")
        ),
        sa.CheckConstraint("(basis = 'per_unit') = (unit <> '')", name=op.f("ck_agreement_unit_of_rate")),
        sa.CheckConstraint("(basis = 'share') = (share IS NOT NULL)", name=op.f("ck_agreement_share_given")),
        sa.CheckConstraint(
            "(basis IN ('fixed', 'per_pupil', 'per_unit')) = (rate IS NOT NULL)",
            name=op.f("ck_agreement_rated"),
        ),
        sa.CheckConstraint(
            "(status IN ('agreed', 'running', 'ended')) = (seller_signed_by IS NOT NULL AND buyer_signed_by IS NOT NULL)",
            name=op.f("ck_agreement_agreed_by_both_heads"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'discarded') OR regulated IS NOT NULL",
            name=op.f("ck_agreement_children_answered"),
        ),
        sa.CheckConstraint(
            "supply <> 'no_staff' OR service NOT IN ('staff_days', 'technician')",
            name=op.f("ck_agreement_staffed"),
        ),
        sa.CheckConstraint(
            "(notice_last_day IS NULL) = (notice_by_id IS NULL) AND (notice_last_day IS NULL) = (notice_given_on IS NULL)",
            name=op.f("ck_agreement_notice_by_a_school"),
        ),
        sa.CheckConstraint(
            "(seller_signed_by IS NULL) = (seller_signed_at IS NULL) AND (buyer_signed_by IS NULL) = (buyer_signed_at IS NULL)",
            name=op.f("ck_agreement_signed_at_a_time"),
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_agreement_ends_after_start")),
        sa.CheckConstraint(
            "extension_months BETWEEN 0 AND 24", name=op.f("ck_agreement_extension_within_limit")
        ),
        sa.CheckConstraint("notice_last_day < ends_on", name=op.f("ck_agreement_notice_shortens")),
        sa.CheckConstraint("notice_months BETWEEN 0 AND 12", name=op.f("ck_agreement_notice_within_limit")),
        sa.CheckConstraint("pupils > 0", name=op.f("ck_agreement_pupils_positive")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_agreement_rate_positive")),
        sa.CheckConstraint("seller_id <> buyer_id", name=op.f("ck_agreement_two_schools")),
        sa.CheckConstraint(
            "seller_signed_by <> buyer_signed_by", name=op.f("ck_agreement_signed_by_two_people")
        ),
        sa.CheckConstraint("share BETWEEN 1 AND 10000", name=op.f("ck_agreement_share_within_whole")),
        sa.ForeignKeyConstraint(["buyer_id"], ["school.id"], name=op.f("fk_agreement_buyer_id_school")),
        sa.ForeignKeyConstraint(
            ["buyer_signed_by"], ["person.id"], name=op.f("fk_agreement_buyer_signed_by_person")
        ),
        sa.ForeignKeyConstraint(["drafted_by"], ["person.id"], name=op.f("fk_agreement_drafted_by_person")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_agreement_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["notice_by_id"], ["school.id"], name=op.f("fk_agreement_notice_by_id_school")
        ),
        sa.ForeignKeyConstraint(["seller_id"], ["school.id"], name=op.f("fk_agreement_seller_id_school")),
        sa.ForeignKeyConstraint(
            ["seller_signed_by"], ["person.id"], name=op.f("fk_agreement_seller_signed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("reference", name=op.f("uq_agreement_reference")),
    )
    op.create_index(op.f("ix_agreement_buyer_id_status"), "agreement", ["buyer_id", "status"])
    op.create_index(op.f("ix_agreement_seller_id_status"), "agreement", ["seller_id", "status"])
    op.create_index(op.f("ix_agreement_status"), "agreement", ["status"])


def _make_agreement_extension() -> None:
    op.create_table(
        "agreement_extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "agreed",
                "refused",
                name="extensionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'proposed') = (answered_by IS NULL)",
            name=op.f("ck_agreement_extension_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "status <> 'agreed' OR proposed_by <> answered_by",
            name=op.f("ck_agreement_extension_agreed_by_two_people"),
        ),
        sa.CheckConstraint("months > 0", name=op.f("ck_agreement_extension_months_positive")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_extension_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_agreement_extension_answered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_agreement_extension_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_agreement_extension_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_extension")),
    )
    op.create_index(op.f("ix_agreement_extension_agreement_id"), "agreement_extension", ["agreement_id"])
    op.create_index(
        op.f("uq_agreement_extension_proposed"),
        "agreement_extension",
        ["agreement_id"],
        unique=True,
        sqlite_where=sa.text("status = 'proposed'"),
        postgresql_where=sa.text("status = 'proposed'"),
    )


def _make_agreement_review() -> None:
    op.create_table(
        "agreement_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(held_on IS NULL) = (notes = '') AND (held_on IS NULL) = (recorded_by IS NULL)",
            name=op.f("ck_agreement_review_held_with_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_review_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_agreement_review_recorded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_review")),
        sa.UniqueConstraint("agreement_id", "due_on", name=op.f("uq_agreement_review_agreement_id_due_on")),
    )
    op.create_index(op.f("ix_agreement_review_due_on"), "agreement_review", ["due_on"])


def _make_safeguarding_check() -> None:
    op.create_table(
        "safeguarding_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "basic",
                "standard",
                "enhanced",
                "enhanced_children",
                name="checklevel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_safeguarding_check_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_safeguarding_check_recorded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarding_check")),
    )
    op.create_index(op.f("ix_safeguarding_check_agreement_id"), "safeguarding_check", ["agreement_id"])


def downgrade() -> None:
    """Go back. Agreements and what was recorded with them are lost."""
    op.drop_table("safeguarding_check")
    op.drop_table("agreement_review")
    op.drop_table("agreement_extension")
    op.drop_table("agreement")
