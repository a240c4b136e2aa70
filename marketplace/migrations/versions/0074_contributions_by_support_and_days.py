"""A contribution is by size, support level, rate and days."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import rebuilt

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

LEVEL = sa.Enum(
    "light",
    "standard",
    "more",
    "intensive",
    name="supportlevel",
    native_enum=False,
    create_constraint=True,
    length=40,
)
DAYS = "(days IS NULL) = (of_days IS NULL) AND (days IS NULL OR days BETWEEN 1 AND of_days)"


def upgrade() -> None:
    """Go forward: schools asked before were asked by pupils alone."""
    op.add_column("contribution_round", sa.Column("rate", sa.BigInteger(), nullable=True))
    with rebuilt("contribution", {"ck_contribution_days_of_a_year": DAYS}) as batch:
        batch.add_column(sa.Column("level", LEVEL, nullable=False, server_default="standard"))
        batch.add_column(sa.Column("days", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("of_days", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back."""
    gone = {"ck_contribution_days_of_a_year": "", "ck_contribution_supportlevel": ""}
    with rebuilt("contribution", gone) as batch:
        for column in ("level", "days", "of_days"):
            batch.drop_column(column)
    op.drop_column("contribution_round", "rate")
