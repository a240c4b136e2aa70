"""Prices can also be judged by their distance from the lowest, or from the average."""

import sqlalchemy as sa

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FORMULAS = ("ceiling_optimum", "proportion_of_lowest", "linear_lowest_highest")
MORE = (
    "ceiling_optimum",
    "proportion_of_lowest",
    "deviation_from_lowest",
    "linear_lowest_highest",
    "deviation_from_mean",
)


def upgrade() -> None:
    """Allow the new formulas, and keep the figure that one of them needs."""
    with rebuilt("tender", {"ck_tender_priceformula": one_of("price_formula", *MORE)}) as batch:
        batch.add_column(sa.Column("steepness", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Forget them; fails while a tender uses one."""
    with rebuilt("tender", {"ck_tender_priceformula": one_of("price_formula", *FORMULAS)}) as batch:
        batch.drop_column("steepness")
