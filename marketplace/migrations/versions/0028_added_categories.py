"""Categories that administrators add as data."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "category_catalogue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_catalogue")),
        sa.UniqueConstraint("number", name=op.f("uq_category_catalogue_number")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("category_catalogue")
