"""Reviews of suppliers with their replies, and service credits."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "performance_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_until", sa.Date(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "covers_until >= covers_from", name=op.f("ck_performance_review_covers_some_time")
        ),
        sa.CheckConstraint(
            "(replied_by IS NULL) = (replied_at IS NULL)",
            name=op.f("ck_performance_review_replied_by_somebody"),
        ),
        *_keys("performance_review", contract_id="contract", recorded_by="person", replied_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_performance_review")),
    )
    op.create_index(op.f("ix_performance_review_contract_id"), "performance_review", ["contract_id"])
    op.create_table(
        "review_rating",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column(
            "measure",
            _enum("measure", "quality", "time", "communication", "charges", "compliance"),
            nullable=False,
        ),
        sa.Column("rating", _enum("rating", "good", "approaching", "improve", "inadequate"), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        *_keys("review_rating", review_id="performance_review"),
        sa.PrimaryKeyConstraint("review_id", "measure", name=op.f("pk_review_rating")),
    )
    op.create_table(
        "credit_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("each", sa.BigInteger(), nullable=True),
        sa.Column("basis_points", sa.Integer(), nullable=False),
        sa.Column("most_basis_points", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(each IS NULL) = (basis_points > 0)", name=op.f("ck_credit_rule_sum_or_share")),
        sa.CheckConstraint("basis_points BETWEEN 0 AND 10000", name=op.f("ck_credit_rule_share_of_a_whole")),
        sa.CheckConstraint(
            "most_basis_points BETWEEN 0 AND 10000", name=op.f("ck_credit_rule_most_of_a_whole")
        ),
        *_keys("credit_rule", contract_id="contract", recorded_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_rule")),
    )
    op.create_index(op.f("ix_credit_rule_contract_id"), "credit_rule", ["contract_id"])
    op.create_table(
        "credit_claim",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column(
            "status",
            _enum("creditstatus", "claimed", "accepted", "disputed", "withdrawn", "settled"),
            nullable=False,
        ),
        sa.Column("claimed_by", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("settled_by_document", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_credit_claim_amount_positive")),
        sa.CheckConstraint("occurrences > 0", name=op.f("ck_credit_claim_occurrences_positive")),
        sa.CheckConstraint(
            "(status = 'settled') = (settled_by_document <> '')",
            name=op.f("ck_credit_claim_settled_by_a_document"),
        ),
        *_keys("credit_claim", rule_id="credit_rule", claimed_by="person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_claim")),
    )
    op.create_index(op.f("ix_credit_claim_rule_id"), "credit_claim", ["rule_id"])
    op.create_index(op.f("ix_credit_claim_status"), "credit_claim", ["status"])


def _keys(table: str, **references: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in references.items()
    ]


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def downgrade() -> None:
    """Go back."""
    for table in ("credit_claim", "credit_rule", "review_rating", "performance_review"):
        op.drop_table(table)
