"""The picture a school has on its invoices."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "school_logo",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) = (words = '')", name=op.f("ck_school_logo_picture_with_words")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_logo_school_id_school")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_school_logo_changed_by_person")),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_school_logo_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_logo")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("school_logo")
