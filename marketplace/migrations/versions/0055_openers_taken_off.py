"""Openers who are taken off a published tender by two people."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "opener_removal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "approved",
                "refused",
                name="removalstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_for", sa.Uuid(), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_for IS NOT NULL)",
            name=op.f("ck_opener_removal_approved_for_a_school"),
        ),
        sa.CheckConstraint(
            "decided_by <> proposed_by OR status <> 'approved'", name=op.f("ck_opener_removal_two_people")
        ),
        sa.CheckConstraint(
            "person_id <> decided_by OR status <> 'approved'",
            name=op.f("ck_opener_removal_not_by_the_opener"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_for"], ["school.id"], name=op.f("fk_opener_removal_approved_for_school")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_opener_removal_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_opener_removal_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_opener_removal_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_opener_removal_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tender.id"], name=op.f("fk_opener_removal_tender_id_tender")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opener_removal")),
    )
    op.create_index(op.f("ix_opener_removal_tender_id"), "opener_removal", ["tender_id"], unique=False)
    op.create_index(
        "uq_opener_removal_one_waiting",
        "opener_removal",
        ["tender_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("status = 'proposed'"),
        postgresql_where=sa.text("status = 'proposed'"),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("opener_removal")
