"""Which conditions of a disbursement the author of an invoice ticked."""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("invoice", sa.Column("conditions", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Go back."""
    op.drop_column("invoice", "conditions")
