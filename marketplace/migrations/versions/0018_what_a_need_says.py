"""Needs say how much they may cost at most, for how long with extensions, and which frameworks were considered."""

import sqlalchemy as sa

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BEGINNING = (
    "status in ('draft', 'withdrawn') or (volume is not null and current_annual_spend is not null "
    "and contract_ends_on is not null and wanted_from is not null "
)
COMPLETE = f"{BEGINNING}and (term_months is not null or term_unknown) and joint is not null)"
COMPLETE_BEFORE = f"{BEGINNING}and term_months is not null and joint is not null)"
NEW = ("highest_annual_spend", "term_unknown", "extension_months", "frameworks", "frameworks_reason")


def upgrade() -> None:
    """Go forward. Needs posted before cost at most what they cost, and have no extensions."""
    checks = {
        "ck_need_complete": COMPLETE,
        "ck_need_highest_spend_positive": "highest_annual_spend > 0",
        "ck_need_extension_not_negative": "extension_months >= 0",
        "ck_need_term_or_unknown": "term_months is null or not term_unknown",
        "ck_need_considered": one_of("frameworks", "use", "decided_not"),
    }
    with rebuilt("need", checks) as batch:
        batch.add_column(sa.Column("highest_annual_spend", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("term_unknown", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("extension_months", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("frameworks", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("frameworks_reason", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Go back; fails while a need's term is not known."""
    checks = {"ck_need_complete": COMPLETE_BEFORE} | dict.fromkeys(
        (
            "ck_need_highest_spend_positive",
            "ck_need_extension_not_negative",
            "ck_need_term_or_unknown",
            "ck_need_considered",
        ),
        "",
    )
    with rebuilt("need", checks) as batch:
        for column in NEW:
            batch.drop_column(column)
