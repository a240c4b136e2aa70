"""Requirements of a joint tender, and what each school says of them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MARKS = ("must", "should", "not_needed")


def upgrade() -> None:
    """Two tables; no tender had requirements before."""
    op.create_table(
        "requirement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_requirement_lot_id_lot"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_requirement_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("tender_id", "number", name=op.f("uq_requirement_tender_id_number")),
    )
    op.create_table(
        "requirement_mark",
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column(
            "mark",
            sa.Enum(
                *MARKS,
                name=op.f("ck_requirement_mark_mark"),
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["person.id"], name=op.f("fk_requirement_mark_marked_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["requirement.id"],
            name=op.f("fk_requirement_mark_requirement_id_requirement"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_requirement_mark_school_id_school")
        ),
        sa.PrimaryKeyConstraint("requirement_id", "school_id", name=op.f("pk_requirement_mark")),
    )


def downgrade() -> None:
    """Forget what schools asked for."""
    op.drop_table("requirement_mark")
    op.drop_table("requirement")
