"""What contracts cost before, and what was invoiced under them."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "saving_baseline",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("rise", sa.Integer(), nullable=False),
        sa.Column("rise_source", sa.String(), nullable=False),
        sa.Column("document_sha256", sa.String(), nullable=True),
        sa.Column("document_name", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_saving_baseline_amount_positive")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_saving_baseline_evidenced")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_saving_baseline_quantity_positive")),
        sa.CheckConstraint("rise BETWEEN 0 AND 10000", name=op.f("ck_saving_baseline_rise_range")),
        sa.CheckConstraint("rise = 0 OR rise_source <> ''", name=op.f("ck_saving_baseline_rise_evidenced")),
        sa.CheckConstraint(
            "(document_sha256 IS NULL) = (document_name = '')",
            name=op.f("ck_saving_baseline_document_named"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_saving_baseline_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["document_sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_saving_baseline_document_sha256_stored_file"),
        ),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_saving_baseline_set_by_person")),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_saving_baseline")),
    )
    op.create_table(
        "saving_invoiced",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_saving_invoiced_days_in_order")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_saving_invoiced_amount_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_saving_invoiced_quantity_positive")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)",
            name=op.f("ck_saving_invoiced_taken_back_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_saving_invoiced_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_saving_invoiced_recorded_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by"], ["person.id"], name=op.f("fk_saving_invoiced_taken_back_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saving_invoiced")),
    )
    op.create_index(op.f("ix_saving_invoiced_contract_id"), "saving_invoiced", ["contract_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("saving_invoiced")
    op.drop_table("saving_baseline")
