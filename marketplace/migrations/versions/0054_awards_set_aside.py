"""An award is set aside after a challenge by two schools; its letters are superseded, and others follow."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

STATUS, OUTCOME = "ck_challenge_challengestatus", "ck_challenge_outcome"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "challenge_agreement",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_agreement_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_challenge_agreement_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_challenge_agreement_school_id_school")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "person_id", name=op.f("pk_challenge_agreement")),
        sa.UniqueConstraint(
            "challenge_id", "school_id", name=op.f("uq_challenge_agreement_challenge_id_school_id")
        ),
    )
    _allow(("open", "resumed", "ended", "upheld"), ("resumed", "ended", "again", "no_award"))
    with rebuilt("letter", {}) as batch_op:
        batch_op.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f("uq_letter_quote_id_kind"), type_="unique")
    op.create_index(
        "uq_letter_one_of_a_kind",
        "letter",
        ["quote_id", "kind"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )


def downgrade() -> None:
    """Go back, where nothing was set aside."""
    op.drop_index("uq_letter_one_of_a_kind", table_name="letter")
    with rebuilt("letter", {}) as batch_op:
        batch_op.create_unique_constraint(op.f("uq_letter_quote_id_kind"), ["quote_id", "kind"])
        batch_op.drop_column("superseded_at")
    _allow(("open", "resumed", "ended"), ("resumed", "ended"))
    op.drop_table("challenge_agreement")


def _allow(statuses: tuple[str, ...], outcomes: tuple[str, ...]) -> None:
    checks = {STATUS: one_of("status", *statuses), OUTCOME: one_of("outcome", *outcomes)}
    with rebuilt("challenge", checks):
        pass
