"""Contracts say notice in months too, for how long they renew, and the options to extend them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what each contract said: those that renewed themselves did so for a year."""
    op.add_column("contract", sa.Column("notice_months", sa.Integer(), nullable=True))
    op.add_column("contract", sa.Column("renewal_months", sa.Integer(), nullable=True))
    op.add_column("contract", sa.Column("extension_months", sa.JSON(), nullable=True))
    op.add_column("contract", sa.Column("runs_until", sa.Date(), nullable=True))
    op.execute(
        "UPDATE contract SET notice_months = 0, extension_months = '[]', runs_until = ends_on, "
        "renewal_months = CASE WHEN renews_automatically THEN 12 ELSE 0 END"
    )
    with op.batch_alter_table("contract") as batch_op:
        for name, kind in (
            ("notice_months", sa.Integer()),
            ("renewal_months", sa.Integer()),
            ("extension_months", sa.JSON()),
            ("runs_until", sa.Date()),
        ):
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        batch_op.drop_constraint(op.f("ck_contract_notice_not_negative"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_contract_notice_not_negative"), "notice_days >= 0 AND notice_months >= 0"
        )
        batch_op.create_check_constraint(op.f("ck_contract_renewal_not_negative"), "renewal_months >= 0")
        batch_op.create_check_constraint(op.f("ck_contract_runs_to_its_end"), "runs_until >= ends_on")
        batch_op.drop_column("renews_automatically")
        batch_op.drop_index(op.f("ix_contract_ends_on"))
        batch_op.create_index(op.f("ix_contract_runs_until"), ["runs_until"], unique=False)


def downgrade() -> None:
    """Forget months, options and how long renewals last."""
    op.add_column("contract", sa.Column("renews_automatically", sa.Boolean(), nullable=True))
    op.execute("UPDATE contract SET renews_automatically = (renewal_months > 0)")
    with op.batch_alter_table("contract") as batch_op:
        batch_op.alter_column("renews_automatically", existing_type=sa.Boolean(), nullable=False)
        for name in ("notice_not_negative", "renewal_not_negative", "runs_to_its_end"):
            batch_op.drop_constraint(op.f(f"ck_contract_{name}"), type_="check")
        batch_op.create_check_constraint(op.f("ck_contract_notice_not_negative"), "notice_days >= 0")
        batch_op.drop_index(op.f("ix_contract_runs_until"))
        batch_op.create_index(op.f("ix_contract_ends_on"), ["ends_on"], unique=False)
        for name in ("notice_months", "renewal_months", "extension_months", "runs_until"):
            batch_op.drop_column(name)
