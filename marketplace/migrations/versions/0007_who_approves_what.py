"""Delegation ladders, and what a need was worth when it was submitted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def approver() -> sa.Enum:
    """Who approves: one constraint for each table."""
    return sa.Enum(
        "bursar",
        "headteacher",
        "governing_body",
        name="approver",
        native_enum=False,
        create_constraint=True,
        length=40,
    )


def upgrade() -> None:
    """Go forward. Needs submitted before keep no band: their school had no ladder."""
    op.create_table(
        "delegation_ladder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("minute_reference", sa.String(), nullable=False),
        sa.Column("minuted_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_delegation_ladder_number_positive")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_delegation_ladder_school_id_school")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_delegation_ladder_set_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_ladder")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_delegation_ladder_school_id_number")),
    )
    op.create_table(
        "delegation_band",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ladder_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.BigInteger(), nullable=True),
        sa.Column("approver", approver(), nullable=False),
        sa.Column("least_quotes", sa.Integer(), nullable=False),
        sa.CheckConstraint("up_to > 0", name=op.f("ck_delegation_band_up_to_positive")),
        sa.CheckConstraint("least_quotes >= 0", name=op.f("ck_delegation_band_least_quotes_not_negative")),
        sa.ForeignKeyConstraint(
            ["ladder_id"],
            ["delegation_ladder.id"],
            name=op.f("fk_delegation_band_ladder_id_delegation_ladder"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation_band")),
        sa.UniqueConstraint("ladder_id", "position", name=op.f("uq_delegation_band_ladder_id_position")),
    )
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("value", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("approver", approver(), nullable=True))
        batch_op.add_column(sa.Column("least_quotes", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(batch_op.f("ck_need_value_positive"), "value > 0")
    op.create_table(
        "need_waiver",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("quotes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quotes >= 0", name=op.f("ck_need_waiver_quotes_not_negative")),
        sa.ForeignKeyConstraint(["given_by"], ["person.id"], name=op.f("fk_need_waiver_given_by_person")),
        sa.ForeignKeyConstraint(["need_id"], ["need.id"], name=op.f("fk_need_waiver_need_id_need")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_waiver")),
    )
    with op.batch_alter_table("need_waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_waiver_need_id"), ["need_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("need_waiver")
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_need_value_positive"), type_="check")
        for column in ("least_quotes", "approver", "value"):
            batch_op.drop_column(column)
    op.drop_table("delegation_band")
    op.drop_table("delegation_ladder")
