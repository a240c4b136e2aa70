"""Schools are warned of contracts in time, and people have calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No warning was given yet, and nobody has a feed."""
    op.create_table(
        "contract_warning_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_contract_warning_day")),
    )
    op.create_table(
        "contract_warning",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("last_notice_on", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.CheckConstraint("threshold > 0", name=op.f("ck_contract_warning_threshold_positive")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_warning_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["given_on"],
            ["contract_warning_day.day"],
            name=op.f("fk_contract_warning_given_on_contract_warning_day"),
        ),
        sa.PrimaryKeyConstraint(
            "contract_id", "last_notice_on", "threshold", name=op.f("pk_contract_warning")
        ),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(op.f("ix_calendar_feed_person_id"), "calendar_feed", ["person_id"], unique=False)
    op.create_index(
        "uq_calendar_feed_live",
        "calendar_feed",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def downgrade() -> None:
    """Forget feeds and warnings."""
    op.drop_table("calendar_feed")
    op.drop_table("contract_warning")
    op.drop_table("contract_warning_day")
