"""contributions are confirmed as everything else is"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

contribution = sa.table(
    "contribution",
    sa.column("id", sa.Uuid()),
    sa.column("school_id", sa.Uuid()),
    sa.column("confirmation_id", sa.Uuid()),
    sa.column("minute_reference", sa.String()),
    sa.column("minuted_on", sa.Date()),
    sa.column("confirmed_by", sa.Uuid()),
    sa.column("confirmed_at", sa.DateTime(timezone=True)),
)
confirmation = sa.table(
    "confirmation",
    sa.column("id", sa.Uuid()),
    sa.column("school_id", sa.Uuid()),
    sa.column("subject", sa.String()),
    sa.column("subject_id", sa.Uuid()),
    sa.column("minute_reference", sa.String()),
    sa.column("minuted_on", sa.Date()),
    sa.column("document_name", sa.String()),
    sa.column("recorded_by", sa.Uuid()),
    sa.column("recorded_at", sa.DateTime(timezone=True)),
    sa.column("withdrawal_reason", sa.String()),
)


def upgrade() -> None:
    """Make a confirmation of each contribution's minute."""
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmation_id", sa.Uuid(), nullable=True))
    confirmed = sa.select(contribution).where(contribution.c.confirmed_by.is_not(None))
    for row in op.get_bind().execute(confirmed).all():
        made = uuid.uuid4()
        op.execute(
            confirmation.insert().values(
                id=made,
                school_id=row.school_id,
                subject="contribution",
                subject_id=row.id,
                minute_reference=row.minute_reference,
                minuted_on=row.minuted_on,
                document_name="",
                recorded_by=row.confirmed_by,
                recorded_at=row.confirmed_at,
                withdrawal_reason="",
            )
        )
        op.execute(contribution.update().where(contribution.c.id == row.id).values(confirmation_id=made))
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_contribution_confirmed_by_minute"), type_="check")
        batch_op.drop_constraint(op.f("ck_contribution_received_after_minute"), type_="check")
        batch_op.drop_constraint(op.f("fk_contribution_confirmed_by_person"), type_="foreignkey")
        for name in ("minute_reference", "minuted_on", "confirmed_by", "confirmed_at"):
            batch_op.drop_column(name)
        batch_op.create_unique_constraint(op.f("uq_contribution_confirmation_id"), ["confirmation_id"])
        batch_op.create_foreign_key(
            op.f("fk_contribution_confirmation_id_confirmation"),
            "confirmation",
            ["confirmation_id"],
            ["id"],
        )
        batch_op.create_check_constraint(
            "confirmed_by_governing_body", "(status = 'proposed') = (confirmation_id IS NULL)"
        )


def downgrade() -> None:
    """Write each confirmation's minute beside its contribution again."""
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.add_column(sa.Column("minute_reference", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("minuted_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_by", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    both = sa.select(contribution.c.id, confirmation).join(
        confirmation, confirmation.c.id == contribution.c.confirmation_id
    )
    for row in op.get_bind().execute(both).all():
        op.execute(
            contribution.update()
            .where(contribution.c.id == row[0])
            .values(
                minute_reference=row.minute_reference,
                minuted_on=row.minuted_on,
                confirmed_by=row.recorded_by,
                confirmed_at=row.recorded_at,
            )
        )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_contribution_confirmed_by_governing_body"), type_="check")
        batch_op.drop_constraint(op.f("fk_contribution_confirmation_id_confirmation"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_contribution_confirmation_id"), type_="unique")
        batch_op.drop_column("confirmation_id")
        batch_op.alter_column("minute_reference", server_default=None)
        batch_op.create_foreign_key(
            op.f("fk_contribution_confirmed_by_person"), "person", ["confirmed_by"], ["id"]
        )
        batch_op.create_check_constraint(
            "confirmed_by_minute",
            "(status = 'proposed') = (confirmed_by IS NULL)"
            " AND (confirmed_by IS NULL) = (confirmed_at IS NULL)"
            " AND (confirmed_by IS NULL) = (minuted_on IS NULL)"
            " AND (confirmed_by IS NULL) = (minute_reference = '')",
        )
        batch_op.create_check_constraint("received_after_minute", "received_on >= minuted_on")
    op.execute(confirmation.delete().where(confirmation.c.subject == "contribution"))
