"""schools apply, belong for a time and leave"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_membership_ends_on"), ["ends_on"], unique=False)
    _give_an_end()
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_check_constraint("full_has_no_end", "(kind = 'full') = (ends_on IS NULL)")
        batch_op.create_check_constraint("left_on_a_day", "(status = 'left') = (left_on IS NOT NULL)")
        batch_op.create_check_constraint("ends_after_joining", "ends_on >= joined_on")
    op.create_table(
        "membership_application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "full",
                "associate",
                "trust_partnership",
                name="membershipkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("year_end", sa.Date(), nullable=False),
        sa.Column("reserves", sa.BigInteger(), nullable=False),
        sa.Column("in_year_balance", sa.BigInteger(), nullable=False),
        sa.Column("notice_to_improve", sa.Boolean(), nullable=False),
        sa.Column("notice_explanation", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=True),
        sa.Column("document_name", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "submitted",
                "admitted",
                "rejected",
                "returned",
                "withdrawn",
                name="applicationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(document_sha256 IS NULL) = (document_name = '')",
            name=op.f("ck_membership_application_document_named"),
        ),
        sa.CheckConstraint(
            "(status = 'submitted') = (settled_at IS NULL)",
            name=op.f("ck_membership_application_settled_at_some_time"),
        ),
        sa.CheckConstraint(
            "kind IN ('full', 'associate')", name=op.f("ck_membership_application_kind_applied_for")
        ),
        sa.CheckConstraint(
            "notice_to_improve = (notice_explanation <> '')",
            name=op.f("ck_membership_application_notice_explained"),
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"],
            ["organisation.id"],
            name=op.f("fk_membership_application_alliance_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["document_sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_membership_application_document_sha256_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_membership_application_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["person.id"], name=op.f("fk_membership_application_submitted_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_application")),
        sa.UniqueConstraint("reference", name=op.f("uq_membership_application_reference")),
    )
    with op.batch_alter_table("membership_application", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_membership_application_alliance_id"), ["alliance_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_membership_application_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_membership_application_status"), ["status"], unique=False)
        batch_op.create_index(
            "uq_membership_application_waiting",
            ["alliance_id", "school_id"],
            unique=True,
            sqlite_where=sa.text("status = 'submitted'"),
            postgresql_where=sa.text("status = 'submitted'"),
        )

    op.create_table(
        "departure",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fund_share", sa.BigInteger(), nullable=True),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_departure_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["told_by"], ["person.id"], name=op.f("fk_departure_told_by_person")),
        sa.PrimaryKeyConstraint("membership_id", name=op.f("pk_departure")),
    )


def _give_an_end() -> None:
    """Associates and partners of before belong for a year, and for three more months at the least."""
    membership = sa.table(
        "membership",
        sa.column("id", sa.Uuid()),
        sa.column("kind", sa.String()),
        sa.column("joined_on", sa.Date()),
        sa.column("ends_on", sa.Date()),
    )
    soonest = datetime.now(UTC).date() + timedelta(days=90)
    temporary = sa.select(membership.c.id, membership.c.joined_on).where(membership.c.kind != "full")
    for row in op.get_bind().execute(temporary).all():
        ends_on = max(row.joined_on + timedelta(days=364), soonest)
        op.execute(membership.update().where(membership.c.id == row.id).values(ends_on=ends_on))


def downgrade() -> None:
    """Go back."""
    op.drop_table("departure")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_ends_on"))
        for name in ("full_has_no_end", "left_on_a_day", "ends_after_joining"):
            batch_op.drop_constraint(f"ck_membership_{name}", type_="check")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("ends_on")

    with op.batch_alter_table("membership_application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_membership_application_waiting",
            sqlite_where=sa.text("status = 'submitted'"),
            postgresql_where=sa.text("status = 'submitted'"),
        )
        batch_op.drop_index(batch_op.f("ix_membership_application_status"))
        batch_op.drop_index(batch_op.f("ix_membership_application_school_id"))
        batch_op.drop_index(batch_op.f("ix_membership_application_alliance_id"))

    op.drop_table("membership_application")
