"""What was invoiced under a contract can be counted from what was accepted: then it has no amount typed."""

import sqlalchemy as sa

from marketplace.migrations.rebuild import rebuilt

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

TYPED = "ck_saving_invoiced_typed_with_source"


def upgrade() -> None:
    """Go forward."""
    with rebuilt("saving_invoiced", {TYPED: "(amount IS NULL) = (source = '')"}) as batch:
        batch.alter_column("amount", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    """Go back; fails while an amount is counted."""
    with rebuilt("saving_invoiced", {TYPED: ""}) as batch:
        batch.alter_column("amount", existing_type=sa.BigInteger(), nullable=False)
