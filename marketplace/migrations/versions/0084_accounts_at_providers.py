"""Accounts at providers that people sign in with."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "provider_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            one_of("provider", "microsoft", "google"), name=op.f("ck_provider_link_providername")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_provider_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_link")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_link_issuer_subject")),
        sa.UniqueConstraint("person_id", "provider", name=op.f("uq_provider_link_person_id_provider")),
    )
    op.create_table(
        "provider_visit",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_provider_visit")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("provider_visit")
    op.drop_table("provider_link")
