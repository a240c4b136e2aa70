"""Quotes can also be judged by formulas that set quality against price."""

import sqlalchemy as sa

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

FORMULAS = (
    "ceiling_optimum",
    "proportion_of_lowest",
    "deviation_from_lowest",
    "linear_lowest_highest",
    "deviation_from_mean",
)
MORE = (*FORMULAS, "price_per_quality", "value_index", "weighted_value_index", "monetised")


def upgrade() -> None:
    """Allow the new formulas, and keep the figure that one of them needs."""
    with rebuilt("tender", {"ck_tender_priceformula": one_of("price_formula", *MORE)}) as batch:
        batch.add_column(sa.Column("worth_of_a_point", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget them; fails while a tender uses one."""
    with rebuilt("tender", {"ck_tender_priceformula": one_of("price_formula", *FORMULAS)}) as batch:
        batch.drop_column("worth_of_a_point")
