"""work that schools share"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "tender",
                "board_paper",
                "training_day",
                "other",
                name="activitykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("lead_school_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open", "done", name="activitystatus", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_activity_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["lead_school_id"], ["school.id"], name=op.f("fk_activity_lead_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("subject_id", name=op.f("uq_activity_subject_id")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_alliance_id"), ["alliance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_status"), ["status"], unique=False)

    op.create_table(
        "hours_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "preparation",
                "meetings",
                "suppliers",
                "evaluation",
                "follow_up",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("minutes BETWEEN 15 AND 1440", name=op.f("ck_hours_entry_within_a_day")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_hours_entry_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hours_entry_person_id_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_hours_entry_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entry")),
    )
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hours_entry_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hours_entry_school_id"), ["school_id"], unique=False)

    op.create_table(
        "lead_request",
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column(
            "answer",
            sa.Enum(
                "asked",
                "accepted",
                "declined",
                name="answer",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why_asked", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(answer = 'asked') = (answered_at IS NULL)", name=op.f("ck_lead_request_answered")
        ),
        sa.CheckConstraint(
            "answer <> 'declined' OR reason <> ''", name=op.f("ck_lead_request_declined_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_lead_request_activity_id_activity")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_lead_request_answered_by_person")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_lead_request_school_id_school")),
        sa.PrimaryKeyConstraint("activity_id", "school_id", name=op.f("pk_lead_request")),
    )
    with op.batch_alter_table("lead_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_request_school_id"), ["school_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("lead_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_request_school_id"))

    op.drop_table("lead_request")
    with op.batch_alter_table("hours_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hours_entry_school_id"))
        batch_op.drop_index(batch_op.f("ix_hours_entry_activity_id"))

    op.drop_table("hours_entry")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_status"))
        batch_op.drop_index(batch_op.f("ix_activity_alliance_id"))

    op.drop_table("activity")
