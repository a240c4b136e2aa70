"""Published notices, which never change, and the approval of a tender that waits for Find a Tender."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KINDS = ("UK2", "UK3", "UK4", "UK5", "UK12")


def upgrade() -> None:
    """Make the table of notices and let nobody change a row of it."""
    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="noticekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("ocid", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("reference_on", sa.Date(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_notice_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("position", name=op.f("uq_notice_position")),
        sa.UniqueConstraint("tender_id", "number", name=op.f("uq_notice_tender_id_number")),
    )
    op.create_index(op.f("ix_notice_issued_at"), "notice", ["issued_at"])
    op.create_index(op.f("ix_notice_ocid"), "notice", ["ocid"])
    op.add_column("tender", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("UPDATE", "DELETE"):
        body = (
            "EXECUTE FUNCTION refuse_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'rows of notice are permanent'); END"
        )
        op.execute(
            f'CREATE TRIGGER notice_no_{change.lower()} BEFORE {change} ON "notice" FOR EACH ROW {body}'
        )


def downgrade() -> None:
    """Forget notices and approvals."""
    op.drop_column("tender", "approved_at")
    op.drop_table("notice")
