"""Who may be shown to neighbouring alliances, and who was asked to post a need."""

import sqlalchemy as sa
from alembic import op

import marketplace.core.db

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables for suggestions."""
    op.create_table(
        "neighbour_consent",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", marketplace.core.db.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by"], ["person.id"], name=op.f("fk_neighbour_consent_given_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_neighbour_consent_school_id_school")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_neighbour_consent")),
    )
    op.create_table(
        "need_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("alliance_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", marketplace.core.db.Utc(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_need_request_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_need_request_asked_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_need_request_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_request")),
        sa.UniqueConstraint(
            "school_id", "category", "starts_on", name=op.f("uq_need_request_school_id_category_starts_on")
        ),
    )
    op.create_index(op.f("ix_need_request_alliance_id"), "need_request", ["alliance_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_need_request_alliance_id"), table_name="need_request")
    op.drop_table("need_request")
    op.drop_table("neighbour_consent")
