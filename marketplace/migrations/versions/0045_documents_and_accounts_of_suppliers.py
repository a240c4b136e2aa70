"""Documents of suppliers, who uses them, reminders, changes of bank accounts, and the library of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

KINDS = (
    "public_liability",
    "employers_liability",
    "professional_indemnity",
    "ico",
    "cyber_essentials",
    "cyber_essentials_plus",
    "safeguarding",
    "other",
)
OPEN = sa.text("status IN ('proposed', 'approved')")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "supplier_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="documentkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("cover", sa.BigInteger(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "checked",
                "refused",
                "retired",
                name="documentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_for", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("cover > 0", name=op.f("ck_supplier_document_cover_positive")),
        sa.CheckConstraint(
            "status NOT IN ('checked', 'refused') OR checked_by IS NOT NULL",
            name=op.f("ck_supplier_document_checked_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_supplier_document_added_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["person.id"], name=op.f("fk_supplier_document_checked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["checked_for"], ["school.id"], name=op.f("fk_supplier_document_checked_for_school")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_supplier_document_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_supplier_document_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_document")),
    )
    op.create_index(op.f("ix_supplier_document_supplier_id"), "supplier_document", ["supplier_id"])
    op.create_index(op.f("ix_supplier_document_ends_on"), "supplier_document", ["ends_on"])
    op.create_table(
        "reliance",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_reliance_school_id_school")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_reliance_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("supplier_id", "school_id", name=op.f("pk_reliance")),
    )
    op.create_table(
        "document_reminder",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("threshold", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.CheckConstraint("threshold > 0", name=op.f("ck_document_reminder_threshold_positive")),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["supplier_document.id"],
            name=op.f("fk_document_reminder_document_id_supplier_document"),
        ),
        sa.PrimaryKeyConstraint("document_id", "threshold", name=op.f("pk_document_reminder")),
    )
    op.create_table(
        "bank_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.String(), nullable=False),
        sa.Column("sort_code", sa.String(), nullable=False),
        sa.Column("account_number", sa.String(), nullable=False),
        sa.Column("account_email", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "approved",
                "in_force",
                "stopped",
                name="changestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_for", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spoke_to", sa.String(), nullable=False),
        sa.Column("number_from", sa.String(), nullable=False),
        sa.Column("holds_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.Uuid(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stop_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("approved_by <> proposed_by", name=op.f("ck_bank_change_two_people")),
        sa.CheckConstraint(
            "status <> 'approved' OR approved_by IS NOT NULL",
            name=op.f("ck_bank_change_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "status <> 'in_force' OR approved_by IS NOT NULL", name=op.f("ck_bank_change_in_force_by_two")
        ),
        sa.CheckConstraint(
            "approved_for IS NULL OR number_from <> ''", name=op.f("ck_bank_change_school_called")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_bank_change_approved_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["approved_for"], ["school.id"], name=op.f("fk_bank_change_approved_for_school")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_bank_change_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(["stopped_by"], ["person.id"], name=op.f("fk_bank_change_stopped_by_person")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_bank_change_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_change")),
    )
    op.create_index(op.f("ix_bank_change_supplier_id"), "bank_change", ["supplier_id"])
    op.create_index(op.f("ix_bank_change_status"), "bank_change", ["status"])
    op.create_index(
        "uq_bank_change_one_open",
        "bank_change",
        ["supplier_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "library_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("kept", sa.LargeBinary(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_library_answer_kept_by_person")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_library_answer_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_answer")),
    )
    op.create_index(op.f("ix_library_answer_supplier_id"), "library_answer", ["supplier_id"])


def downgrade() -> None:
    """Go back."""
    for table in (
        "library_answer",
        "bank_change",
        "document_reminder",
        "reliance",
        "supplier_document",
    ):
        op.drop_table(table)
