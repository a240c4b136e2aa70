"""How a school's finance package wants invoices and credit notes."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "export_layout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("based_on", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "side",
            sa.Enum("issued", "received", name="side", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by IS NULL)", name=op.f("ck_export_layout_removed_by_somebody")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_export_layout_school_id_school")),
        sa.ForeignKeyConstraint(
            ["removed_by"], ["person.id"], name=op.f("fk_export_layout_removed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_layout")),
    )
    op.create_index(op.f("ix_export_layout_school_id"), "export_layout", ["school_id"])
    op.create_table(
        "export_layout_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("layout_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["layout_id"], ["export_layout.id"], name=op.f("fk_export_layout_version_layout_id_export_layout")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["person.id"], name=op.f("fk_export_layout_version_saved_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_layout_version")),
        sa.UniqueConstraint("layout_id", "number", name=op.f("uq_export_layout_version_layout_id_number")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("export_layout_version")
    op.drop_table("export_layout")
