"""Every version of a score is kept, and none is ever changed."""

import uuid
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

SCORE = sa.table(
    "score",
    sa.column("quote_id", sa.Uuid()),
    sa.column("criterion_id", sa.Uuid()),
    sa.column("person_id", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("score", sa.Integer()),
    sa.column("reason", sa.String()),
    sa.column("scored_at", sa.DateTime(timezone=True)),
)
AGREED = sa.table(
    "agreed_score",
    sa.column("quote_id", sa.Uuid()),
    sa.column("criterion_id", sa.Uuid()),
    sa.column("agreed_by", sa.Uuid()),
    sa.column("version", sa.Integer()),
    sa.column("score", sa.Integer()),
    sa.column("reason", sa.String()),
    sa.column("moderation_note", sa.String()),
    sa.column("agreed_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Make the table; of scores that there are, the present version is the first that is known."""
    table = op.create_table(
        "score_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("is_agreed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moderation_note", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score >= 0", name=op.f("ck_score_version_score_not_negative")),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_score_version_quote_id_quote")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_score_version_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_score_version_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_version")),
        sa.UniqueConstraint(
            "quote_id",
            "criterion_id",
            "person_id",
            "is_agreed",
            "version",
            name=op.f("uq_score_version_quote_id_criterion_id_person_id_is_agreed_version"),
        ),
    )
    op.create_index(op.f("ix_score_version_quote_id"), "score_version", ["quote_id"])
    known = [*_rows(SCORE, "person_id", "scored_at"), *_rows(AGREED, "agreed_by", "agreed_at")]
    if known:
        op.bulk_insert(table, known)
    _refuse_changes()


def _rows(source: sa.TableClause, person: str, moment: str) -> Iterator[dict[str, object]]:
    for row in op.get_bind().execute(sa.select(source)).mappings():
        yield {
            "id": uuid.uuid4(),
            "quote_id": row["quote_id"],
            "criterion_id": row["criterion_id"],
            "person_id": row[person],
            "is_agreed": source is AGREED,
            "version": row["version"],
            "score": row["score"],
            "reason": row["reason"],
            "moderation_note": row.get("moderation_note", ""),
            "recorded_at": row[moment],
        }


def _refuse_changes() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("UPDATE", "DELETE"):
        body = (
            "EXECUTE FUNCTION refuse_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'rows of score_version are permanent'); END"
        )
        op.execute(
            f"CREATE TRIGGER score_version_no_{change.lower()} BEFORE {change} "
            f'ON "score_version" FOR EACH ROW {body}'
        )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("score_version")
