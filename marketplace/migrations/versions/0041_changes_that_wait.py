"""Price lines change with a later deadline; a change waits for Find a Tender; a quote knows its schedule."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

BEFORE = ("proposed", "approved", "refused")
WAITING = "uq_extension_one_waiting"


def upgrade() -> None:
    """Go forward. Quotes that are in were made for the one schedule that there was."""
    op.drop_index(WAITING, table_name="extension")
    checks = {
        "ck_extension_extensionstatus": one_of("status", "proposed", "agreed", "approved", "refused"),
        "ck_extension_two_people": "decided_by <> proposed_by OR status NOT IN ('agreed', 'approved')",
    }
    with rebuilt("extension", checks) as batch:
        batch.add_column(sa.Column("lines", sa.JSON(), nullable=True))
    _one_waiting("status IN ('proposed', 'agreed')")
    for table in ("tender", "quote"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("schedule_version", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("amendment") as batch:
        batch.add_column(sa.Column("schedule_version", sa.Integer(), nullable=True))
    op.create_table(
        "waiting_amendment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_waiting_amendment_made_by_person")),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tender.id"], name=op.f("fk_waiting_amendment_tender_id_tender")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_amendment")),
        sa.UniqueConstraint("tender_id", name=op.f("uq_waiting_amendment_tender_id")),
    )


def downgrade() -> None:
    """Go back; fails while an agreed deadline waits for Find a Tender."""
    op.drop_table("waiting_amendment")
    for table in ("amendment", "quote", "tender"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("schedule_version")
    op.drop_index(WAITING, table_name="extension")
    checks = {
        "ck_extension_extensionstatus": one_of("status", *BEFORE),
        "ck_extension_two_people": "decided_by <> proposed_by OR status <> 'approved'",
    }
    with rebuilt("extension", checks) as batch:
        batch.drop_column("lines")
    _one_waiting("status = 'proposed'")


def _one_waiting(condition: str) -> None:
    op.create_index(
        WAITING,
        "extension",
        ["tender_id"],
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
