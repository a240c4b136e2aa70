"""Which other organisations' data an event touched, never to be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "event_concern",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["position"], ["event.position"], name=op.f("fk_event_concern_position_event")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "position", name=op.f("pk_event_concern")),
    )
    op.create_index(op.f("ix_event_concern_position"), "event_concern", ["position"])
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("UPDATE", "DELETE"):
        body = (
            "EXECUTE FUNCTION refuse_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'rows of event_concern are permanent'); END"
        )
        op.execute(
            f"CREATE TRIGGER event_concern_no_{change.lower()} BEFORE {change} ON event_concern "
            f"FOR EACH ROW {body}"
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("event_concern")
