"""Suppliers explain prices that look abnormally low, and the panel concludes."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

STATUSES = ("asked", "explained", "accepted", "excluded")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "price_inquiry",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(*STATUSES, name="inquirystatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("explained_by", sa.Uuid(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("concluded_by", sa.Uuid(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(explained_at IS NULL) = (explanation = '')",
            name=op.f("ck_price_inquiry_explanation_with_moment"),
        ),
        sa.CheckConstraint(
            "(status IN ('accepted', 'excluded')) = (concluded_at IS NOT NULL)",
            name=op.f("ck_price_inquiry_concluded_with_moment"),
        ),
        sa.CheckConstraint(
            "(concluded_at IS NULL) = (reason = '')", name=op.f("ck_price_inquiry_concluded_with_reason")
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_price_inquiry_quote_id_quote")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_price_inquiry_asked_by_person")),
        sa.ForeignKeyConstraint(
            ["explained_by"], ["person.id"], name=op.f("fk_price_inquiry_explained_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["concluded_by"], ["person.id"], name=op.f("fk_price_inquiry_concluded_by_person")
        ),
        sa.PrimaryKeyConstraint("quote_id", name=op.f("pk_price_inquiry")),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("price_inquiry")
