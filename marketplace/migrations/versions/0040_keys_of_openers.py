"""Openers have keys, envelopes have keys in halves, and quotes are bound to the deadline they were sent for."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

LIVE = sa.text("replaced_at IS NULL")


def upgrade() -> None:
    """Add the tables. Tenders published before have no keys: nobody can quote for them or open them."""
    op.create_table(
        "opening_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("alliance_id", sa.Uuid(), nullable=True),
        sa.Column(
            "paper",
            sa.Enum("board", "auditor", name="paper", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("locked", sa.LargeBinary(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("memory_kib", sa.Integer(), nullable=True),
        sa.Column("passes", sa.Integer(), nullable=True),
        sa.Column("lanes", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mistypes", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (paper IS NULL)", name=op.f("ck_opening_key_of_a_person_or_printed")
        ),
        sa.CheckConstraint(
            "(paper IS NULL) = (alliance_id IS NULL)", name=op.f("ck_opening_key_printed_for_an_alliance")
        ),
        sa.CheckConstraint(
            "(locked IS NULL) = (person_id IS NULL OR replaced_at IS NOT NULL)",
            name=op.f("ck_opening_key_locked_while_used"),
        ),
        sa.ForeignKeyConstraint(
            ["alliance_id"], ["organisation.id"], name=op.f("fk_opening_key_alliance_id_organisation")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_opening_key_made_by_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_opening_key_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_key")),
    )
    op.create_index(
        "uq_opening_key_one_a_person",
        "opening_key",
        ["person_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_index(
        "uq_opening_key_one_a_paper",
        "opening_key",
        ["alliance_id", "paper"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "envelope_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column(
            "envelope",
            sa.Enum(
                "quality", "price", name="envelope", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_envelope_key_tender_id_tender")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_envelope_key")),
        sa.UniqueConstraint("tender_id", "envelope", name=op.f("uq_envelope_key_tender_id_envelope")),
    )
    op.create_table(
        "opening_pair",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("envelope_key_id", sa.Uuid(), nullable=False),
        sa.Column("first_key_id", sa.Uuid(), nullable=False),
        sa.Column("first_half", sa.LargeBinary(), nullable=False),
        sa.Column("second_key_id", sa.Uuid(), nullable=False),
        sa.Column("second_half", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("first_key_id <> second_key_id", name=op.f("ck_opening_pair_two_keys")),
        sa.ForeignKeyConstraint(
            ["envelope_key_id"],
            ["envelope_key.id"],
            name=op.f("fk_opening_pair_envelope_key_id_envelope_key"),
        ),
        sa.ForeignKeyConstraint(
            ["first_key_id"], ["opening_key.id"], name=op.f("fk_opening_pair_first_key_id_opening_key")
        ),
        sa.ForeignKeyConstraint(
            ["second_key_id"], ["opening_key.id"], name=op.f("fk_opening_pair_second_key_id_opening_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_pair")),
        sa.UniqueConstraint(
            "envelope_key_id",
            "first_key_id",
            "second_key_id",
            name=op.f("uq_opening_pair_envelope_key_id_first_key_id_second_key_id"),
        ),
    )
    op.create_index(op.f("ix_opening_pair_first_key_id"), "opening_pair", ["first_key_id"])
    op.create_index(op.f("ix_opening_pair_second_key_id"), "opening_pair", ["second_key_id"])
    op.create_table(
        "passed_half",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pair_id"], ["opening_pair.id"], name=op.f("fk_passed_half_pair_id_opening_pair")
        ),
        sa.PrimaryKeyConstraint("pair_id", name=op.f("pk_passed_half")),
    )
    op.create_table(
        "proof_asked",
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_proof_asked_person_id_person")),
        sa.ForeignKeyConstraint(["tender_id"], ["tender.id"], name=op.f("fk_proof_asked_tender_id_tender")),
        sa.PrimaryKeyConstraint("tender_id", "person_id", "days_before", name=op.f("pk_proof_asked")),
    )
    with op.batch_alter_table("opening") as batch:
        batch.add_column(sa.Column("first_key_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_opening_first_key_id_opening_key"), "opening_key", ["first_key_id"], ["id"]
        )
    with op.batch_alter_table("quote") as batch:
        batch.add_column(sa.Column("deadline_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back. What is sealed to the keys is lost with them."""
    with op.batch_alter_table("quote") as batch:
        batch.drop_column("deadline_version")
    with op.batch_alter_table("opening") as batch:
        batch.drop_constraint(op.f("fk_opening_first_key_id_opening_key"), type_="foreignkey")
        batch.drop_column("first_key_id")
    for table in ("proof_asked", "passed_half", "opening_pair", "envelope_key", "opening_key"):
        op.drop_table(table)
