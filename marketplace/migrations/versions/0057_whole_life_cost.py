"""Quotes can be judged by their whole-life cost: indexed, and discounted to the start of the contract."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two rates of a tender; a line is paid every year unless it is paid once."""
    op.add_column("tender", sa.Column("indexation", sa.BigInteger(), nullable=True))
    op.add_column("tender", sa.Column("discount_rate", sa.BigInteger(), nullable=True))
    op.add_column("price_line", sa.Column("once", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Forget them."""
    op.drop_column("price_line", "once")
    op.drop_column("tender", "discount_rate")
    op.drop_column("tender", "indexation")
