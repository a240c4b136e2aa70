"""What suppliers declare, where they supply, their charity numbers, and who stopped alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_declaration_number_positive")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_declaration_made_by_person")),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_declaration_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
        sa.UniqueConstraint("supplier_id", "number", name=op.f("uq_declaration_supplier_id_number")),
    )
    op.create_table(
        "quote_declaration",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("conflict", sa.String(), nullable=False),
        sa.Column("sub_contractors", sa.JSON(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["person.id"], name=op.f("fk_quote_declaration_confirmed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_quote_declaration_declaration_id_declaration"),
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quote.id"], name=op.f("fk_quote_declaration_quote_id_quote")),
        sa.PrimaryKeyConstraint("quote_id", name=op.f("pk_quote_declaration")),
    )
    op.create_table(
        "served_area",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["supplier.id"], name=op.f("fk_served_area_supplier_id_supplier")
        ),
        sa.PrimaryKeyConstraint("supplier_id", "area", name=op.f("pk_served_area")),
    )
    op.create_index(op.f("ix_served_area_area"), "served_area", ["area"])
    op.create_table(
        "alert_stop",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alert_stop_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_alert_stop")),
    )
    with op.batch_alter_table("supplier") as batch_op:
        batch_op.add_column(sa.Column("charity_number", sa.String(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_supplier_charity_number"), ["charity_number"])
    with op.batch_alter_table("message") as batch_op:
        batch_op.add_column(sa.Column("stop_by", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("message") as batch_op:
        batch_op.alter_column("stop_by", server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("message") as batch_op:
        batch_op.drop_column("stop_by")
    with op.batch_alter_table("supplier") as batch_op:
        batch_op.drop_constraint(op.f("uq_supplier_charity_number"), type_="unique")
        batch_op.drop_column("charity_number")
    op.drop_table("alert_stop")
    op.drop_table("served_area")
    op.drop_table("quote_declaration")
    op.drop_table("declaration")
