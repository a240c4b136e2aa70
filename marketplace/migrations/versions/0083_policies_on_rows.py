"""PostgreSQL shows rows to those alone whom they concern (see core/walls.py). SQLite has no such policies."""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None

OWN = "string_to_array(current_setting('weald.own', true), ',')::uuid[]"
ALLIANCES = "string_to_array(current_setting('weald.alliances', true), ',')::uuid[]"
FUNCTIONS = {
    "weald_system()": "coalesce(current_setting('weald.reader', true) = 'system', false)",
    "weald_acting()": "coalesce(current_setting('weald.reader', true) IN ('system', 'acting'), false)",
    "weald_buys()": "coalesce(current_setting('weald.buys', true) = 'yes', false)",
    "weald_own(organisation uuid)": f"coalesce(organisation = ANY ({OWN}), false)",
    "weald_ally(alliance uuid)": f"coalesce(alliance = ANY ({ALLIANCES}), false)",
    "weald_overseen(organisation uuid)": (
        "weald_own(organisation) OR EXISTS (SELECT FROM membership AS one "
        "WHERE one.school_id = organisation AND weald_own(one.alliance_id))"
    ),
    "weald_circle(organisation uuid)": (
        "weald_own(organisation) OR weald_ally(organisation) OR EXISTS (SELECT FROM membership AS one "
        "WHERE one.school_id = organisation AND weald_ally(one.alliance_id))"
    ),
}
ITS_OWN = {
    "bank_statement": "weald_overseen(school_id)",
    "bank_line": "weald_overseen(school_id)",
    "statement_columns": "weald_own(school_id)",
    "supplier_invoice": "weald_overseen(school_id)",
    "library_answer": "weald_own(supplier_id)",
}
"""What is one organisation's alone, and of who oversees it: not even an action for another reaches it."""
ASKED_FOR = (
    "weald_own(quote.supplier_id) OR (quote.status <> 'draft' AND EXISTS (SELECT FROM tender "
    "WHERE tender.id = quote.tender_id AND weald_ally(tender.alliance_id)))"
)
THEIRS = {
    "bank_change": "weald_own(supplier_id) OR weald_buys()",
    "contract": "weald_circle(school_id) OR weald_own(supplier_id)",
    "need": "weald_circle(school_id)",
    "invoice": "weald_circle(issuer_id) OR weald_circle(buyer_id)",
    "claim": "weald_circle(school_id)",
    "contribution": "weald_circle(school_id)",
    "membership_application": "weald_own(school_id) OR weald_ally(alliance_id)",
    "quote": f"status = 'awarded' OR {ASKED_FOR}",
}
"""What actions for others touch too: they are let through, whoever only reads is not."""
PARTS = {
    "contract_document": ("contract_id", "contract"),
    "invoice_line": ("invoice_id", "invoice"),
    "credit_note": ("invoice_id", "invoice"),
    "supplier_invoice_line": ("invoice_id", "supplier_invoice"),
    "supplier_invoice_tax": ("invoice_id", "supplier_invoice"),
}
"""What belongs to a row of another table is shown with it."""


OF_QUOTES = ("sealed_body", "quoted_price", "quoted_answer", "quoted_file")
"""What is in a quote. Who won is public; what stood in the quote is not."""


def conditions() -> dict[str, str]:
    """Who sees a row of each table, in SQL."""
    return {
        **{table: f"weald_system() OR {seen}" for table, seen in ITS_OWN.items()},
        **{table: f"weald_acting() OR {seen}" for table, seen in THEIRS.items()},
        **{
            table: f"EXISTS (SELECT FROM {whole} AS whole WHERE whole.id = {table}.{column})"
            for table, (column, whole) in PARTS.items()
        },
        **{
            table: f"weald_acting() OR EXISTS (SELECT FROM quote WHERE quote.id = {table}.quote_id AND ({ASKED_FOR}))"
            for table in OF_QUOTES
        },
    }


def upgrade() -> None:
    """Put the policies up; the owner of the tables keeps to them too."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for function, answer in FUNCTIONS.items():
        # With RETURN the names in it are those of now, whatever a session's search_path says
        op.execute(
            f"CREATE FUNCTION {function} RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE RETURN {answer}"
        )
    for table, seen in conditions().items():
        op.execute(f"CREATE POLICY readers ON {table} USING ({seen})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Take them down."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in conditions():
        op.execute(f"DROP POLICY readers ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
