"""Who holds a school's seat on the board; votes that lapse; senior leaders."""

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

HEADS = ("bursar", "headteacher")
OTHERS = (
    "governor",
    "finance_lead",
    "coordinator",
    "auditor",
    "supplier_admin",
    "bidder",
    "administrator",
    "system",
    "anyone",
)
STATUSES = ("open", "carried", "rejected", "withdrawn")


def upgrade() -> None:
    """Go forward. Every seat is held by its school's headteacher until somebody is named."""
    with rebuilt("role_holding", {"ck_role_holding_role": one_of("role", *HEADS, "senior_leader", *OTHERS)}):
        pass
    checks = {
        "ck_decision_decisionstatus": one_of("status", *STATUSES, "lapsed"),
        "ck_decision_closed_with_minute": (
            "(status = 'open') = (closed_at IS NULL)"
            " AND (status IN ('open', 'lapsed')) = (closed_by IS NULL)"
            " AND (closed_at IS NULL) = (minute = '')"
        ),
    }
    with rebuilt("decision", checks):
        pass
    op.create_table(
        "seat_naming",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_seat_naming_membership_id_membership")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_naming_person_id_person")),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_seat_naming_named_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_naming")),
    )
    op.create_index(op.f("ix_seat_naming_membership_id"), "seat_naming", ["membership_id"])
    op.create_index(op.f("ix_seat_naming_person_id"), "seat_naming", ["person_id"])


def downgrade() -> None:
    """Go back; fails while there are senior leaders or lapsed votes."""
    op.drop_table("seat_naming")
    checks = {
        "ck_decision_decisionstatus": one_of("status", *STATUSES),
        "ck_decision_closed_with_minute": (
            "(status = 'open') = (closed_at IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)"
            " AND (closed_at IS NULL) = (minute = '')"
        ),
    }
    with rebuilt("decision", checks):
        pass
    with rebuilt("role_holding", {"ck_role_holding_role": one_of("role", *HEADS, *OTHERS)}):
        pass
