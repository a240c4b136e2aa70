"""History cannot be rewritten: the chain's first link, and tables that only grow."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONLY_GROW = ("event", "ledger_account", "ledger_entry", "ledger_transfer")
GENESIS = "0" * 64


def upgrade() -> None:
    """Start the chain and refuse changes to what was recorded."""
    chain_head = sa.table("chain_head", sa.column("id"), sa.column("position"), sa.column("hash"))
    op.execute(chain_head.insert().values(id=1, position=0, hash=GENESIS))
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are permanent', TG_TABLE_NAME; END $$"
        )
    for table in ONLY_GROW:
        for change in ("UPDATE", "DELETE"):
            body = (
                "EXECUTE FUNCTION refuse_change()"
                if postgresql
                else f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are permanent'); END"
            )
            op.execute(
                f'CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON "{table}" FOR EACH ROW {body}'
            )


def downgrade() -> None:
    """Let changes through again."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in ONLY_GROW:
        for change in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{change}" + (f' ON "{table}"' if postgresql else ""))
    if postgresql:
        op.execute("DROP FUNCTION refuse_change()")
    op.execute("DELETE FROM chain_head")
