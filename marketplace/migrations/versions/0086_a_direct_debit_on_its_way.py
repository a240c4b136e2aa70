"""An invoice is taken out of a settlement because a Direct Debit is on its way."""

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

WHY, REASONS = "ck_settlement_change_why", ("paid", "disputed", "stays_out")


def upgrade() -> None:
    """Go forward."""
    with rebuilt("settlement_change", {WHY: one_of("why", *REASONS, "on_its_way")}):
        pass


def downgrade() -> None:
    """Go back; fails while a line was taken out for this reason."""
    with rebuilt("settlement_change", {WHY: one_of("why", *REASONS)}):
        pass
