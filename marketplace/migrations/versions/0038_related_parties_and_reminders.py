"""Related parties among winners, and reminders of notices about contracts."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

KINDS = ("UK2", "UK3", "UK4", "UK5", "UK6", "UK7", "UK10", "UK11", "UK12")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "related_party",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("report_reference", sa.String(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("is_state_school", sa.Boolean(), nullable=False),
        sa.Column("others", sa.BigInteger(), nullable=False),
        sa.Column("approval_reference", sa.String(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("declared_by", sa.Uuid(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("others >= 0", name=op.f("ck_related_party_others_not_negative")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_related_party_tender_id_tender")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_related_party_school_id_school")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_related_party_supplier_id_supplier")
        ),
        sa.ForeignKeyConstraint(
            ["declared_by"], ["person.id"], name=op.f("fk_related_party_declared_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_related_party")),
        sa.UniqueConstraint(
            "tender_id",
            "school_id",
            "supplier_id",
            name=op.f("uq_related_party_tender_id_school_id_supplier_id"),
        ),
    )
    op.create_index(op.f("ix_related_party_tender_id"), "related_party", ["tender_id"])
    op.create_table(
        "notice_reminder",
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("noticekind", *KINDS), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminder", _enum("reminder", "first", "last"), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tender.id"], name=op.f("fk_notice_reminder_tender_id_tender")
        ),
        sa.PrimaryKeyConstraint(
            "tender_id", "kind", "contract", "due_on", "reminder", name=op.f("pk_notice_reminder")
        ),
    )


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    """Go back."""
    op.drop_table("notice_reminder")
    op.drop_table("related_party")
