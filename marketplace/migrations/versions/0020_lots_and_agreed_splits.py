"""Why a tender is one lot, limits, tiers and bundles; every version of how a shared cost is divided."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def word(name: str, *values: str) -> sa.Enum:
    """A column type for one of some words."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Make the tables; what each tender's shared cost says now is its first version."""
    op.create_table(
        "lot_limits",
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("undivided_reason", sa.String(), nullable=False),
        sa.Column("most_quoted", sa.Integer(), nullable=True),
        sa.Column("most_awarded", sa.Integer(), nullable=True),
        sa.Column(
            "selection",
            word("selection", "widest_lead", "least_cost", "lot_order", "preference"),
            nullable=True,
        ),
        sa.Column("mechanism", sa.String(), nullable=False),
        sa.CheckConstraint("most_quoted >= 1", name=op.f("ck_lot_limits_most_quoted_positive")),
        sa.CheckConstraint("most_awarded >= 1", name=op.f("ck_lot_limits_most_awarded_positive")),
        sa.CheckConstraint(
            "most_awarded IS NULL OR (selection IS NOT NULL AND mechanism <> '')",
            name=op.f("ck_lot_limits_mechanism_with_limit"),
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_lot_limits_tender_id_tender")),
        sa.PrimaryKeyConstraint("tender_id", name=op.f("pk_lot_limits")),
    )
    op.create_table(
        "price_tier",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("basis", word("tierbasis", "schools", "volume"), nullable=False),
        sa.CheckConstraint("starts_at > 0", name=op.f("ck_price_tier_starts_at_positive")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_price_tier_lot_id_lot"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lot_id", "starts_at", name=op.f("pk_price_tier")),
    )
    op.create_table(
        "lot_bundle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("least_share", sa.Integer(), nullable=False),
        sa.CheckConstraint("least_share BETWEEN 1 AND 100", name=op.f("ck_lot_bundle_least_share_range")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_lot_bundle_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_bundle")),
    )
    op.create_index(op.f("ix_lot_bundle_tender_id"), "lot_bundle", ["tender_id"])
    op.create_table(
        "bundle_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("inner_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(lot_id IS NULL) <> (inner_id IS NULL)", name=op.f("ck_bundle_part_lot_or_bundle")
        ),
        sa.CheckConstraint("inner_id <> bundle_id", name=op.f("ck_bundle_part_not_itself")),
        sa.ForeignKeyConstraint(
            ["bundle_id"],
            ["lot_bundle.id"],
            name=op.f("fk_bundle_part_bundle_id_lot_bundle"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_bundle_part_lot_id_lot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["inner_id"],
            ["lot_bundle.id"],
            name=op.f("fk_bundle_part_inner_id_lot_bundle"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle_part")),
        sa.UniqueConstraint("bundle_id", "lot_id", name=op.f("uq_bundle_part_bundle_id_lot_id")),
        sa.UniqueConstraint("bundle_id", "inner_id", name=op.f("uq_bundle_part_bundle_id_inner_id")),
    )
    op.create_table(
        "split_agreement",
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("recovery_fee", sa.BigInteger(), nullable=False),
        sa.Column("split", word("split", "pupils", "equal", "use"), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("recovery_fee >= 0", name=op.f("ck_split_agreement_recovery_fee_not_negative")),
        sa.ForeignKeyConstraint(
            ["agreed_by"], ["person.id"], name=op.f("fk_split_agreement_agreed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tender.id"], name=op.f("fk_split_agreement_tender_id_tender")
        ),
        sa.PrimaryKeyConstraint("tender_id", "number", name=op.f("pk_split_agreement")),
    )
    op.execute(
        "INSERT INTO split_agreement (tender_id, number, recovery_fee, split, agreed_by, agreed_at) "
        "SELECT id, 1, recovery_fee, split, drafted_by, drafted_at FROM tender WHERE status <> 'draft'"
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("UPDATE", "DELETE"):
        body = (
            "EXECUTE FUNCTION refuse_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'rows of split_agreement are permanent'); END"
        )
        op.execute(
            f"CREATE TRIGGER split_agreement_no_{change.lower()} BEFORE {change} "
            f'ON "split_agreement" FOR EACH ROW {body}'
        )


def downgrade() -> None:
    """Forget them."""
    for table in ("split_agreement", "bundle_part", "lot_bundle", "price_tier", "lot_limits"):
        op.drop_table(table)
