"""Registers come from files: the school's own references, imports with what they refused, documents."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A contract entered before has no reference of the school's."""
    op.add_column("contract", sa.Column("reference", sa.String(), nullable=False, server_default=""))
    op.create_index(
        "uq_contract_reference",
        "contract",
        ["school_id", "reference"],
        unique=True,
        sqlite_where=sa.text("reference <> ''"),
        postgresql_where=sa.text("reference <> ''"),
    )
    op.create_table(
        "contract_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("unread", sa.JSON(), nullable=False),
        sa.Column("refusals", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "added >= 0 AND changed >= 0 AND unchanged >= 0 AND refused >= 0",
            name=op.f("ck_contract_import_counts_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contract_import_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_import")),
    )
    op.create_index(op.f("ix_contract_import_person_id"), "contract_import", ["person_id"], unique=False)
    op.create_table(
        "contract_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_document_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_contract_document_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_document")),
    )
    op.create_index(
        op.f("ix_contract_document_contract_id"), "contract_document", ["contract_id"], unique=False
    )


def downgrade() -> None:
    """Forget imports, documents and references."""
    op.drop_table("contract_document")
    op.drop_table("contract_import")
    op.drop_index("uq_contract_reference", table_name="contract")
    op.drop_column("contract", "reference")
