"""interests declared and assessed; why a tender is valued apart"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables of the conflicts assessment and the reason."""
    op.create_table(
        "interest",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("has_interest", sa.Boolean(), nullable=False),
        sa.Column("interest", sa.String(), nullable=False),
        sa.Column("mitigation", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "has_interest OR (interest = '' AND mitigation = '')", name=op.f("ck_interest_none_is_blank")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_interest_person_id_person")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_interest_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        sa.UniqueConstraint("tender_id", "person_id", name=op.f("uq_interest_tender_id_person_id")),
    )
    op.create_index(op.f("ix_interest_person_id"), "interest", ["person_id"])
    op.create_table(
        "conflicts_assessment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["person.id"], name=op.f("fk_conflicts_assessment_recorded_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["tender_id"], ["tender.id"], name=op.f("fk_conflicts_assessment_tender_id_tender")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts_assessment")),
    )
    op.create_index(op.f("ix_conflicts_assessment_tender_id"), "conflicts_assessment", ["tender_id"])
    with op.batch_alter_table("tender") as batch_op:
        batch_op.add_column(sa.Column("kept_apart_reason", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("tender") as batch_op:
        batch_op.alter_column("kept_apart_reason", server_default=None)


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("tender") as batch_op:
        batch_op.drop_column("kept_apart_reason")
    op.drop_table("conflicts_assessment")
    op.drop_table("interest")
