"""Criteria may have sub-criteria, words for each mark, and be passed or failed; weights have two decimals."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A flat list is a tree of one level: each criterion keeps its weight, in ten-thousandths now."""
    op.add_column("criterion", sa.Column("guidance", sa.JSON(), nullable=True))
    op.execute("UPDATE criterion SET guidance = '[]'")
    with rebuilt(
        "criterion",
        {
            "ck_criterion_criterionkind": one_of("kind", "price", "quality", "pass_fail", "group"),
            "ck_criterion_weight_range": "",
        },
    ) as batch:
        batch.alter_column("guidance", existing_type=sa.JSON(), nullable=False)
        batch.alter_column("weight", existing_type=sa.Integer(), type_=sa.BigInteger())
        batch.add_column(sa.Column("parent_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(op.f("fk_criterion_parent_id_criterion"), "criterion", ["parent_id"], ["id"])
        batch.create_index(op.f("ix_criterion_parent_id"), ["parent_id"], unique=False)
    op.execute("UPDATE criterion SET weight = weight * 10000")
    with rebuilt(
        "criterion", {"ck_criterion_weight_range": "weight BETWEEN 0 AND 1000000 AND weight % 100 = 0"}
    ):
        pass


def downgrade() -> None:
    """Flat again, in whole per cent; fails where a tender uses what is new."""
    with rebuilt("criterion", {"ck_criterion_weight_range": ""}):
        pass
    op.execute("UPDATE criterion SET weight = weight / 10000")
    with rebuilt(
        "criterion",
        {
            "ck_criterion_criterionkind": one_of("kind", "price", "quality"),
            "ck_criterion_weight_range": "weight BETWEEN 1 AND 100",
        },
    ) as batch:
        batch.drop_index(op.f("ix_criterion_parent_id"))
        batch.drop_constraint(op.f("fk_criterion_parent_id_criterion"), type_="foreignkey")
        batch.drop_column("parent_id")
        batch.drop_column("guidance")
        batch.alter_column("weight", existing_type=sa.BigInteger(), type_=sa.Integer())
