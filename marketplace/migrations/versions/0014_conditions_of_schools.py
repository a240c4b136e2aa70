"""Schools commit under conditions, and each answer has a version of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody had conditions before; each answer starts at version 1."""
    for name, kind, check in (
        ("price_at_most", "BIGINT", "price_at_most_positive CHECK (price_at_most > 0)"),
        (
            "saving_at_least",
            "INTEGER",
            "saving_at_least_below_all CHECK (saving_at_least BETWEEN 0 AND 9999)",
        ),
        ("schools_at_least", "INTEGER", "schools_at_least_two CHECK (schools_at_least > 1)"),
    ):
        op.execute(f"ALTER TABLE commitment ADD COLUMN {name} {kind} CONSTRAINT ck_commitment_{check}")
    op.add_column("commitment", sa.Column("version", sa.Integer(), nullable=True))
    op.execute("UPDATE commitment SET version = 1")
    with op.batch_alter_table("commitment") as commitment:
        commitment.alter_column("version", existing_type=sa.Integer(), nullable=False)


def downgrade() -> None:
    """Forget conditions and versions."""
    with op.batch_alter_table("commitment") as commitment:
        for check in ("price_at_most_positive", "saving_at_least_below_all", "schools_at_least_two"):
            commitment.drop_constraint(op.f(f"ck_commitment_{check}"), type_="check")
        for name in ("price_at_most", "saving_at_least", "schools_at_least", "version"):
            commitment.drop_column(name)
