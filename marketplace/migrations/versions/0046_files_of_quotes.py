"""Files that go with quotes, sealed, and what they are once the answers are open."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "attached_file",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_attached_file_quote_id_quote")),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_attached_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("quote_id", "sha256", name=op.f("pk_attached_file")),
    )
    op.create_table(
        "quoted_file",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quoted_file_quote_id_quote")),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_quoted_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("quote_id", "sha256", name=op.f("pk_quoted_file")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("quoted_file")
    op.drop_table("attached_file")
