"""The row of a stored file is permanent: no evidence is taken away, and none is relabelled."""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Refuse changes to what says which files there are."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("UPDATE", "DELETE"):
        body = (
            "EXECUTE FUNCTION refuse_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'rows of stored_file are permanent'); END"
        )
        op.execute(
            f"CREATE TRIGGER stored_file_no_{change.lower()} BEFORE {change} ON stored_file FOR EACH ROW {body}"
        )


def downgrade() -> None:
    """Let changes through again."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER stored_file_no_{change}" + (" ON stored_file" if postgresql else ""))
