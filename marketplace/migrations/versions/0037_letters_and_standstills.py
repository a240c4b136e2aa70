"""Letters to bidders, standstills and challenges; notices of awards and contracts."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BEFORE = ("UK2", "UK3", "UK4", "UK5", "UK12")
KINDS = ("UK2", "UK3", "UK4", "UK5", "UK6", "UK7", "UK10", "UK11", "UK12")
LETTERS = ("award", "unsuccessful", "set_aside", "withdrawn", "confirmation")


def upgrade() -> None:
    """Go forward."""
    _notice_kinds(KINDS)
    op.create_table(
        "letter",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _enum("letterkind", *LETTERS), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("read_by", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("document_sha256", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "document_sha256 IS NULL OR sent_at IS NOT NULL", name=op.f("ck_letter_drawn_once_sent")
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_letter_tender_id_tender")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_letter_quote_id_quote")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_letter_supplier_id_supplier")
        ),
        sa.ForeignKeyConstraint(["read_by"], ["person.id"], name=op.f("fk_letter_read_by_person")),
        sa.ForeignKeyConstraint(
            ["document_sha256"], ["stored_file.sha256"], name=op.f("fk_letter_document_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("quote_id", "kind", name=op.f("uq_letter_quote_id_kind")),
    )
    op.create_index(op.f("ix_letter_tender_id"), "letter", ["tender_id"])
    op.create_index(op.f("ix_letter_supplier_id"), "letter", ["supplier_id"])
    op.create_table(
        "standstill",
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("duty", _enum("duty", "mandatory", "light_touch", "below"), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("first_ends_on", sa.Date(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_ends_on >= began_on", name=op.f("ck_standstill_ends_after_beginning")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_standstill_tender_id_tender")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_standstill_notice_id_notice")),
        sa.ForeignKeyConstraint(["begun_by"], ["person.id"], name=op.f("fk_standstill_begun_by_person")),
        sa.PrimaryKeyConstraint("tender_id", name=op.f("pk_standstill")),
    )
    statuses = ("open", "resumed", "ended")
    op.create_table(
        "challenge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("challenger", sa.String(), nullable=False),
        sa.Column("by", _enum("challengeby", "claim", "letter"), nullable=False),
        sa.Column("court", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _enum("challengestatus", *statuses), nullable=False),
        sa.Column("outcome", _enum("outcome", *statuses[1:]), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("days_left >= 0", name=op.f("ck_challenge_days_left_not_negative")),
        sa.CheckConstraint(
            "settled_by IS NULL OR settled_by <> proposed_by", name=op.f("ck_challenge_two_people")
        ),
        sa.CheckConstraint(
            "(status = 'open') = (settled_by IS NULL)", name=op.f("ck_challenge_settled_by_somebody")
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_challenge_tender_id_tender")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_challenge_recorded_by_person")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_challenge_proposed_by_person")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_challenge_settled_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_index(op.f("ix_challenge_tender_id"), "challenge", ["tender_id"])


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _notice_kinds(kinds: tuple[str, ...]) -> None:
    """Change the kinds of notice. SQLite copies the table, so its triggers are made anew."""
    with rebuilt("notice", {"ck_notice_noticekind": one_of("kind", *kinds)}):
        pass
    if op.get_bind().dialect.name == "postgresql":
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f'CREATE TRIGGER notice_no_{change.lower()} BEFORE {change} ON "notice" FOR EACH ROW '
            "BEGIN SELECT RAISE(ABORT, 'rows of notice are permanent'); END"
        )


def downgrade() -> None:
    """Go back; fails where there is a notice of an award or a contract."""
    for table in ("challenge", "standstill", "letter"):
        op.drop_table(table)
    _notice_kinds(BEFORE)
