"""Questions of suppliers about published tenders, and which suppliers follow one."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "following",
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_following_supplier_id_supplier")
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_following_tender_id_tender")),
        sa.PrimaryKeyConstraint("tender_id", "supplier_id", name=op.f("pk_following")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "answered",
                "rejected",
                "withdrawn",
                name="questionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("amendment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "rejection",
            sa.Enum(
                "repeated",
                "no_question",
                "elsewhere",
                name="rejection",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("repeats_id", sa.Uuid(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'answered') = (number IS NOT NULL AND answered_at IS NOT NULL)",
            name=op.f("ck_question_answered_is_numbered"),
        ),
        sa.CheckConstraint(
            "(status = 'rejected') = (rejection IS NOT NULL)", name=op.f("ck_question_rejected_says_why")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_question_number_from_one")),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_question_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_question_answered_by_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_question_asked_by_person")),
        sa.ForeignKeyConstraint(
            ["repeats_id"], ["question.id"], name=op.f("fk_question_repeats_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_question_supplier_id_supplier")
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_question_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("tender_id", "number", name=op.f("uq_question_tender_id_number")),
    )
    op.create_index(op.f("ix_question_supplier_id"), "question", ["supplier_id"], unique=False)
    op.create_index("ix_question_tender_id_status", "question", ["tender_id", "status"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("question")
    op.drop_table("following")
