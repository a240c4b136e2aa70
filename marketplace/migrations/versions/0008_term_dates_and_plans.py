"""term dates of schools; why a deadline, options to run longer and the procedure of a tender"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

HALVES = ("autumn_1", "autumn_2", "spring_1", "spring_2", "summer_1", "summer_2")
PROCEDURES = ("above", "partly_electronic", "on_paper", "planned")


def upgrade() -> None:
    """Add the tables of term dates and the columns of a tender; what is there keeps its meaning."""
    op.create_table(
        "school_year",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_school_year_saved_by_person")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_school_year_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_year")),
        sa.UniqueConstraint("school_id", "begins", name=op.f("uq_school_year_school_id_begins")),
    )
    op.create_index(op.f("ix_school_year_school_id"), "school_year", ["school_id"])
    op.create_table(
        "school_term",
        sa.Column("school_year_id", sa.Uuid(), nullable=False),
        sa.Column(
            "half", sa.Enum(*HALVES, name="half", native_enum=False, create_constraint=True, length=40)
        ),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_school_term_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["school_year_id"], ["school_year.id"], name=op.f("fk_school_term_school_year_id_school_year")
        ),
        sa.PrimaryKeyConstraint("school_year_id", "half", name=op.f("pk_school_term")),
    )
    with op.batch_alter_table("tender") as batch_op:
        batch_op.add_column(sa.Column("deadline_reason", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("deadline_version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("extension_months", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column(
                "procedure",
                sa.Enum(*PROCEDURES, name="procedure", native_enum=False, create_constraint=True, length=40),
                nullable=False,
                server_default="above",
            )
        )
        batch_op.create_check_constraint("extension_months_not_negative", "extension_months >= 0")
    with op.batch_alter_table("tender") as batch_op:
        for column in ("deadline_reason", "deadline_version", "extension_months", "procedure"):
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    """Forget them."""
    with op.batch_alter_table("tender") as batch_op:
        batch_op.drop_constraint("extension_months_not_negative", type_="check")
        for column in ("procedure", "extension_months", "deadline_version", "deadline_reason"):
            batch_op.drop_column(column)
    op.drop_table("school_term")
    op.drop_table("school_year")
