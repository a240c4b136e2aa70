"""trust partnerships and their reviews"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""

    op.create_table(
        "partnership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("service_charge", sa.BigInteger(), nullable=False),
        sa.Column("objectives", sa.String(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("credit_source", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "agreed",
                "not_agreed",
                name="partnershipstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(credit = 0) = (credit_source = '')", name=op.f("ck_partnership_credit_has_source")
        ),
        sa.CheckConstraint(
            "(status = 'agreed') = (membership_id IS NOT NULL)",
            name=op.f("ck_partnership_agreed_is_membership"),
        ),
        sa.CheckConstraint("credit BETWEEN 0 AND 1000000", name=op.f("ck_partnership_credit_within_limit")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_partnership_ends_after_start")),
        sa.CheckConstraint("service_charge >= 0", name=op.f("ck_partnership_charge_not_negative")),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_partnership_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_partnership_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_partnership_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_partnership_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_partnership_membership_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_partnership_reference")),
    )
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnership_alliance_id"), ["alliance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partnership_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_partnership_status"), ["status"], unique=False)

    op.create_table(
        "partnership_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partnership_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(held_on IS NULL) = (notes = '') AND (held_on IS NULL) = (recorded_by IS NULL)",
            name=op.f("ck_partnership_review_held_with_notes"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
            name=op.f("fk_partnership_review_partnership_id_partnership"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_partnership_review_recorded_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership_review")),
        sa.UniqueConstraint(
            "partnership_id", "due_on", name=op.f("uq_partnership_review_partnership_id_due_on")
        ),
    )
    with op.batch_alter_table("partnership_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partnership_review_due_on"), ["due_on"], unique=False)


def downgrade() -> None:
    """Go back."""

    with op.batch_alter_table("partnership_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnership_review_due_on"))

    op.drop_table("partnership_review")
    with op.batch_alter_table("partnership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_partnership_status"))
        batch_op.drop_index(batch_op.f("ix_partnership_school_id"))
        batch_op.drop_index(batch_op.f("ix_partnership_alliance_id"))

    op.drop_table("partnership")
