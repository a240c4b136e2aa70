"""later deadlines of tenders"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table of proposed and approved deadlines."""
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "approved",
                "refused",
                name="extensionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("closed_before_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("doubt_reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_for", sa.Uuid(), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=False),
        sa.Column("deadline_version", sa.Integer(), nullable=True),
        sa.CheckConstraint("closes_at > closed_before_at", name=op.f("ck_extension_forwards")),
        sa.CheckConstraint(
            "decided_by <> proposed_by OR status <> 'approved'", name=op.f("ck_extension_two_people")
        ),
        sa.CheckConstraint(
            "(status = 'approved') = (deadline_version IS NOT NULL)",
            name=op.f("ck_extension_approved_has_a_deadline_version"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_for"], ["school.id"], name=op.f("fk_extension_approved_for_school")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_extension_decided_by_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_extension_proposed_by_person")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_extension_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    op.create_index(op.f("ix_extension_tender_id"), "extension", ["tender_id"])
    op.create_index(
        "uq_extension_one_waiting",
        "extension",
        ["tender_id"],
        unique=True,
        sqlite_where=sa.text("status = 'proposed'"),
        postgresql_where=sa.text("status = 'proposed'"),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("extension")
