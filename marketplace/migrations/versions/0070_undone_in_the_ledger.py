"""A payment on account, and a match that was undone, say by which entry."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import rebuilt

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

ON_ACCOUNT, UNDONE = "ck_bank_line_on_account_in_ledger", "ck_bank_receipt_undone_in_ledger"
UNIQUE = {"bank_line": "on_account_entry_id", "bank_receipt": "undone_entry_id"}


def upgrade() -> None:
    """Go forward. What was paid on account so far was entered under the id of its line."""
    for table, column in UNIQUE.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, sa.Uuid(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_{table}_{column}_ledger_entry"), "ledger_entry", [column], ["id"]
            )
            batch.create_unique_constraint(op.f(f"uq_{table}_{column}"), [column])
    op.execute("UPDATE bank_line SET on_account_entry_id = id WHERE on_account > 0")
    with rebuilt("bank_line", {ON_ACCOUNT: "(on_account > 0) = (on_account_entry_id IS NOT NULL)"}):
        pass
    with rebuilt("bank_receipt", {UNDONE: "(undoing_id IS NULL) = (undone_entry_id IS NULL)"}):
        pass


def downgrade() -> None:
    """Go back."""
    for table, check in (("bank_line", ON_ACCOUNT), ("bank_receipt", UNDONE)):
        with rebuilt(table, {check: ""}):
            pass
        column = UNIQUE[table]
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_{column}"), type_="unique")
            batch.drop_constraint(op.f(f"fk_{table}_{column}_ledger_entry"), type_="foreignkey")
            batch.drop_column(column)
