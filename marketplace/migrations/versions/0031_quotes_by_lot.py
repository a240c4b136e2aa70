"""Lots that are won on their own: how they are decided, their bounds, and quotes with tiers and discounts."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    decided = sa.Enum(
        "together", "apart", name="decided", native_enum=False, create_constraint=True, length=40
    )
    with op.batch_alter_table("lot_limits") as batch_op:
        batch_op.add_column(sa.Column("decided", decided, nullable=False, server_default="together"))
    op.create_table(
        "lot_bounds",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("ceiling", sa.BigInteger(), nullable=False),
        sa.Column("optimum", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("optimum > 0", name=op.f("ck_lot_bounds_optimum_positive")),
        sa.CheckConstraint("ceiling > optimum", name=op.f("ck_lot_bounds_ceiling_above_optimum")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_lot_bounds_lot_id_lot"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lot_id", name=op.f("pk_lot_bounds")),
    )
    with op.batch_alter_table("quoted_price") as batch_op:
        batch_op.add_column(sa.Column("starts_at", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.drop_constraint("pk_quoted_price", type_="primary")
        batch_op.create_primary_key("pk_quoted_price", ["quote_id", "line_id", "starts_at"])
        batch_op.create_check_constraint(op.f("ck_quoted_price_starts_at_not_negative"), "starts_at >= 0")
    op.create_table(
        "quoted_lot",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quoted_lot_quote_id_quote")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_quoted_lot_lot_id_lot")),
        sa.PrimaryKeyConstraint("quote_id", "lot_id", name=op.f("pk_quoted_lot")),
    )
    op.create_table(
        "quoted_discount",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "percent > 0 AND percent < 1000000", name=op.f("ck_quoted_discount_percent_in_range")
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quoted_discount_quote_id_quote")),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["lot_bundle.id"], name=op.f("fk_quoted_discount_bundle_id_lot_bundle")
        ),
        sa.PrimaryKeyConstraint("quote_id", "bundle_id", name=op.f("pk_quoted_discount")),
    )


def downgrade() -> None:
    """Go back. Prices of tiers, and what quotes say about lots and bundles, are lost."""
    op.drop_table("quoted_discount")
    op.drop_table("quoted_lot")
    op.execute("DELETE FROM quoted_price WHERE starts_at <> 0")
    with op.batch_alter_table("quoted_price") as batch_op:
        batch_op.drop_constraint(op.f("ck_quoted_price_starts_at_not_negative"), type_="check")
        batch_op.drop_constraint("pk_quoted_price", type_="primary")
        batch_op.create_primary_key("pk_quoted_price", ["quote_id", "line_id"])
        batch_op.drop_column("starts_at")
    op.drop_table("lot_bounds")
    with op.batch_alter_table("lot_limits") as batch_op:
        batch_op.drop_constraint(op.f("ck_lot_limits_decided"), type_="check")
        batch_op.drop_column("decided")
