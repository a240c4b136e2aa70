"""Openings by printed keys, and envelopes that their supplier put right."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import rebuilt

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

CHECK = "ck_opening_for_a_school"


def upgrade() -> None:
    """Holders of printed keys open for no school."""
    with rebuilt("opening", {CHECK: "by_recovery = (first_school_id IS NULL)"}) as batch:
        batch.add_column(sa.Column("by_recovery", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.alter_column("first_school_id", existing_type=sa.Uuid(), nullable=True)
    with op.batch_alter_table("sealed_body") as batch:
        batch.add_column(sa.Column("disclosed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back; fails where somebody opened with a printed key."""
    with op.batch_alter_table("sealed_body") as batch:
        batch.drop_column("disclosed_at")
    with rebuilt("opening", {CHECK: ""}) as batch:
        batch.alter_column("first_school_id", existing_type=sa.Uuid(), nullable=False)
        batch.drop_column("by_recovery")
