"""A claim is released by its own school's ladder before other schools decide on it."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATUSES = ("submitted", "approved", "paid", "refused")
NEW = (
    "ck_claim_approver",
    "ck_claim_released_by_somebody",
    "ck_claim_released_first",
    "ck_claim_at_school_by_ladder",
)


def upgrade() -> None:
    """Go forward. Claims made before were made without a ladder."""
    checks = {
        "ck_claim_claimstatus": one_of("status", "at_school", *STATUSES),
        "ck_claim_approver": one_of("approver", "bursar", "headteacher", "governing_body"),
        "ck_claim_released_by_somebody": "(released_by IS NULL) = (released_at IS NULL)",
        "ck_claim_released_first": (
            "approver IS NULL OR released_by IS NOT NULL OR status IN ('at_school', 'refused')"
        ),
        "ck_claim_at_school_by_ladder": "status <> 'at_school' OR approver IS NOT NULL",
    }
    with rebuilt("claim", checks) as batch:
        batch.add_column(sa.Column("approver", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("released_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_claim_released_by_person"), "person", ["released_by"], ["id"])


def downgrade() -> None:
    """Go back; fails while a claim waits in its own school."""
    checks = {"ck_claim_claimstatus": one_of("status", *STATUSES)} | dict.fromkeys(NEW, "")
    with rebuilt("claim", checks) as batch:
        batch.drop_constraint(op.f("fk_claim_released_by_person"), type_="foreignkey")
        for column in ("approver", "released_by", "released_at"):
            batch.drop_column(column)
