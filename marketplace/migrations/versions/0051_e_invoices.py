"""Invoices and credit notes keep an e-invoice, and invoices the buyer's VAT registration number."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

FILE = {
    "invoice": "fk_invoice_xml_sha256_stored_file",
    "credit_note": "fk_credit_note_xml_sha256_stored_file",
}


def upgrade() -> None:
    """What was issued before has no e-invoice."""
    for table, name in FILE.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("xml_sha256", sa.String(), nullable=True))
            batch.create_foreign_key(op.f(name), "stored_file", ["xml_sha256"], ["sha256"])
    with op.batch_alter_table("invoice") as batch:
        batch.add_column(sa.Column("buyer_vat_number", sa.String(), nullable=False, server_default=""))
    _keep_permanent()


def downgrade() -> None:
    """Go back; the stored files stay, and nothing says whose they are."""
    with op.batch_alter_table("invoice") as batch:
        batch.drop_column("buyer_vat_number")
    for table, name in FILE.items():
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(name), type_="foreignkey")
            batch.drop_column("xml_sha256")
    _keep_permanent()


def _keep_permanent() -> None:
    """SQLite makes a changed table anew, without the triggers of 0048."""
    if op.get_bind().dialect.name == "postgresql":
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER credit_note_no_{change.lower()} BEFORE {change} ON credit_note FOR EACH ROW"
            " BEGIN SELECT RAISE(ABORT, 'rows of credit_note are permanent'); END"
        )
