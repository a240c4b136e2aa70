"""PostgreSQL shows the contracts and needs of a school that lets neighbouring alliances see it."""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

NEIGHBOUR = (
    "weald_buys() AND EXISTS (SELECT FROM neighbour_consent AS given WHERE given.school_id = organisation)"
)
BEFORE = {
    "contract": "weald_acting() OR weald_circle(school_id) OR weald_own(supplier_id)",
    "need": "weald_acting() OR weald_circle(school_id)",
}
NOW = {
    "contract": f"{BEFORE['contract']} OR weald_neighbour(school_id)",
    "need": f"{BEFORE['need']} OR (status NOT IN ('draft', 'withdrawn') AND weald_neighbour(school_id))",
}


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION weald_neighbour(organisation uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE "
        f"RETURN {NEIGHBOUR}"
    )
    for table, seen in NOW.items():
        op.execute(f"ALTER POLICY readers ON {table} USING ({seen})")


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table, seen in BEFORE.items():
        op.execute(f"ALTER POLICY readers ON {table} USING ({seen})")
    op.execute("DROP FUNCTION weald_neighbour(uuid)")
