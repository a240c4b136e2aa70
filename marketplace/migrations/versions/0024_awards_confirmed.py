"""an approval of an award keeps the governing body's confirmation"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("award_approval", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmation_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_award_approval_confirmation_id_confirmation"),
            "confirmation",
            ["confirmation_id"],
            ["id"],
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("award_approval", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_award_approval_confirmation_id_confirmation"), type_="foreignkey")
        batch_op.drop_column("confirmation_id")
