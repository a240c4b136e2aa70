"""Combinations of lots that were worked out, awards less a bundle's discount, schools worse off than alone."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "combination_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_combination_run_seconds_positive")),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tender.id"], name=op.f("fk_combination_run_tender_id_tender")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_combination_run_asked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_combination_run")),
    )
    op.create_index(op.f("ix_combination_run_tender_id"), "combination_run", ["tender_id"])
    op.create_table(
        "award_standing",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("together", sa.BigInteger(), nullable=False),
        sa.Column("alone", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("waived_by", sa.Uuid(), nullable=True),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(waived_by IS NULL) = (reason = '')", name=op.f("ck_award_standing_waived_with_a_reason")
        ),
        sa.CheckConstraint(
            "together > alone OR waived_by IS NULL", name=op.f("ck_award_standing_waived_where_worse_off")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_award_standing_award_id_award")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_award_standing_school_id_school")
        ),
        sa.ForeignKeyConstraint(
            ["waived_by"], ["person.id"], name=op.f("fk_award_standing_waived_by_person")
        ),
        sa.PrimaryKeyConstraint("award_id", "school_id", name=op.f("pk_award_standing")),
    )
    with op.batch_alter_table("award") as batch_op:
        batch_op.add_column(sa.Column("bundle_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("discount", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(
            op.f("fk_award_bundle_id_lot_bundle"), "lot_bundle", ["bundle_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_award_discount_of_a_bundle"), "(bundle_id IS NULL) = (discount = 0)"
        )


def downgrade() -> None:
    """Go back. Discounts of awards, and who accepted to pay more than alone, are lost."""
    with op.batch_alter_table("award") as batch_op:
        batch_op.drop_constraint(op.f("ck_award_discount_of_a_bundle"), type_="check")
        batch_op.drop_constraint(op.f("fk_award_bundle_id_lot_bundle"), type_="foreignkey")
        batch_op.drop_column("discount")
        batch_op.drop_column("bundle_id")
    op.drop_table("award_standing")
    op.drop_table("combination_run")
