"""Reports of Stripe's that were only heard, in the order they came."""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

ONLY_HEARD = sa.text("status = 'waiting' AND reason = ''")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_stripe_news_heard",
        "stripe_news",
        ["received_at", "id"],
        sqlite_where=ONLY_HEARD,
        postgresql_where=ONLY_HEARD,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_stripe_news_heard", "stripe_news")
