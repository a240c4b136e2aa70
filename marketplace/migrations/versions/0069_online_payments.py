"""Invoices paid online: accounts at Stripe, payments, what moved, refunds, what Stripe reported."""

import re

import sqlalchemy as sa
from alembic import op

from marketplace.migrations.rebuild import one_of, rebuilt

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

KIND = "ck_ledger_account_accountkind"
LIVE = sa.text("status IN ('prepared', 'open', 'pending')")
UNDER_WAY = sa.text("status IN ('proposed', 'approved', 'sent')")
IN_USE = sa.text("status = 'in_use'")
PROPOSED = sa.text("status = 'proposed'")


def upgrade() -> None:
    """Go forward."""
    _count_in_accounts([*_kinds(), "at_stripe"])
    with op.batch_alter_table("payment") as batch:
        batch.alter_column("recorded_by", existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "online_payout",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_online_payout_amount_not_zero")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_online_payout_school_id_school")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_payout")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_online_payout_stripe_id")),
    )
    op.create_index(op.f("ix_online_payout_due_at"), "online_payout", ["due_at"])
    op.create_index(op.f("ix_online_payout_school_id"), "online_payout", ["school_id"])

    op.create_table(
        "stripe_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column(
            "status", _enum("accountstatus", "proposed", "in_use", "refused", "closed"), nullable=False
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_by IS NOT NULL)", name=op.f("ck_stripe_account_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by IS NULL)", name=op.f("ck_stripe_account_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_stripe_account_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["person.id"], name=op.f("fk_stripe_account_closed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_stripe_account_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_stripe_account_proposed_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_stripe_account_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_account")),
    )
    op.create_index(op.f("ix_stripe_account_account"), "stripe_account", ["account"])
    op.create_index(op.f("ix_stripe_account_school_id"), "stripe_account", ["school_id"])
    op.create_index(
        "uq_stripe_account_of_one_school",
        "stripe_account",
        ["account"],
        unique=True,
        sqlite_where=IN_USE,
        postgresql_where=IN_USE,
    )
    op.create_index(
        "uq_stripe_account_one_in_use",
        "stripe_account",
        ["school_id"],
        unique=True,
        sqlite_where=IN_USE,
        postgresql_where=IN_USE,
    )
    op.create_index(
        "uq_stripe_account_one_proposed",
        "stripe_account",
        ["school_id"],
        unique=True,
        sqlite_where=PROPOSED,
        postgresql_where=PROPOSED,
    )

    op.create_table(
        "online_payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            _enum(
                "onlinestatus", "prepared", "open", "pending", "received", "failed", "expired", "cancelled"
            ),
            nullable=False,
        ),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("fee_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status = 'received') = (received_on IS NOT NULL)",
            name=op.f("ck_online_payment_received_on_a_day"),
        ),
        sa.CheckConstraint(
            "status <> 'open' OR (session <> '' AND url <> '')",
            name=op.f("ck_online_payment_open_has_a_page"),
        ),
        sa.CheckConstraint(
            "status <> 'received' OR intent <> ''", name=op.f("ck_online_payment_received_by_an_intent")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_online_payment_amount_positive")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_online_payment_invoice_id_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["online_payout.id"], name=op.f("fk_online_payment_payout_id_online_payout")
        ),
        sa.ForeignKeyConstraint(
            ["started_by"], ["person.id"], name=op.f("fk_online_payment_started_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_payment")),
    )
    op.create_index("ix_online_payment_account_intent", "online_payment", ["account", "intent"])
    op.create_index(op.f("ix_online_payment_fee_due_at"), "online_payment", ["fee_due_at"])
    op.create_index(op.f("ix_online_payment_invoice_id"), "online_payment", ["invoice_id"])
    op.create_index(op.f("ix_online_payment_payout_id"), "online_payment", ["payout_id"])
    op.create_index(op.f("ix_online_payment_status"), "online_payment", ["status"])
    op.create_index(
        "uq_online_payment_one_live",
        "online_payment",
        ["invoice_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )

    op.create_table(
        "online_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            _enum(
                "movementkind",
                "payment",
                "refund",
                "refund_failed",
                "dispute",
                "reinstated",
                "fee",
                "payout",
                "payout_failed",
            ),
            nullable=False,
        ),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("on_account", sa.BigInteger(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_online_movement_amount_not_zero")),
        sa.CheckConstraint("on_account >= 0", name=op.f("ck_online_movement_on_account_not_negative")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["online_payment.id"], name=op.f("fk_online_movement_payment_id_online_payment")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_online_movement_school_id_school")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_movement")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_online_movement_stripe_id")),
    )
    op.create_index(op.f("ix_online_movement_payment_id"), "online_movement", ["payment_id"])
    op.create_index(op.f("ix_online_movement_school_id"), "online_movement", ["school_id"])

    op.create_table(
        "online_refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "status",
            _enum("refundstatus", "proposed", "approved", "sent", "done", "refused", "declined", "failed"),
            nullable=False,
        ),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column("declined", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(status = 'approved') = (due_at IS NOT NULL)", name=op.f("ck_online_refund_approved_is_due")
        ),
        sa.CheckConstraint(
            "(status = 'proposed') = (decided_by IS NULL)", name=op.f("ck_online_refund_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(status = 'refused') = (refusal_reason <> '')",
            name=op.f("ck_online_refund_refused_for_a_reason"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_online_refund_reason_given")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_online_refund_amount_positive")),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> proposed_by", name=op.f("ck_online_refund_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_online_refund_decided_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["online_payment.id"], name=op.f("fk_online_refund_payment_id_online_payment")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["person.id"], name=op.f("fk_online_refund_proposed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_refund")),
    )
    op.create_index(op.f("ix_online_refund_due_at"), "online_refund", ["due_at"])
    op.create_index(op.f("ix_online_refund_payment_id"), "online_refund", ["payment_id"])
    op.create_index(
        "uq_online_refund_one_under_way",
        "online_refund",
        ["payment_id"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )

    op.create_table(
        "stripe_news",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stripe_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            _enum(
                "newskind",
                "checkout.session.completed",
                "checkout.session.async_payment_succeeded",
                "checkout.session.async_payment_failed",
                "checkout.session.expired",
                "refund.created",
                "refund.updated",
                "refund.failed",
                "charge.dispute.created",
                "charge.dispute.updated",
                "charge.dispute.funds_withdrawn",
                "charge.dispute.funds_reinstated",
                "charge.dispute.closed",
                "payout.paid",
                "payout.failed",
            ),
            nullable=False,
        ),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("status", _enum("newsstatus", "waiting", "counted", "aside", "seen_to"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("seen_by", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'seen_to') = (note <> '')", name=op.f("ck_stripe_news_seen_to_with_a_note")
        ),
        sa.CheckConstraint(
            "status <> 'aside' OR reason <> ''", name=op.f("ck_stripe_news_aside_for_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["online_payment.id"], name=op.f("fk_stripe_news_payment_id_online_payment")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_stripe_news_school_id_school")),
        sa.ForeignKeyConstraint(["seen_by"], ["person.id"], name=op.f("fk_stripe_news_seen_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_news")),
        sa.UniqueConstraint("stripe_id", name=op.f("uq_stripe_news_stripe_id")),
    )
    op.create_index(op.f("ix_stripe_news_intent"), "stripe_news", ["intent"])
    op.create_index(op.f("ix_stripe_news_payment_id"), "stripe_news", ["payment_id"])
    op.create_index(op.f("ix_stripe_news_school_id"), "stripe_news", ["school_id"])
    op.create_index(op.f("ix_stripe_news_status"), "stripe_news", ["status"])
    _only_grow("online_movement")


def downgrade() -> None:
    """Go back; fails where Stripe has paid something."""
    for table in ("stripe_news", "online_refund", "online_movement", "online_payment", "stripe_account"):
        op.drop_table(table)
    op.drop_table("online_payout")
    with op.batch_alter_table("payment") as batch:
        batch.alter_column("recorded_by", existing_type=sa.Uuid(), nullable=False)
    _count_in_accounts([kind for kind in _kinds() if kind != "at_stripe"])


def _kinds() -> list[str]:
    """The kinds of account that there are so far, in their order."""
    checks = sa.inspect(op.get_bind()).get_check_constraints("ledger_account")
    (present,) = [one["sqltext"] for one in checks if one["name"] == KIND]
    return re.findall(r"'(\w+)'", present)


def _count_in_accounts(kinds: list[str]) -> None:
    """Allow these kinds. SQLite makes the table anew, so its triggers are made anew too."""
    with rebuilt("ledger_account", {KIND: one_of("kind", *kinds)}):
        pass
    if op.get_bind().dialect.name != "postgresql":
        _only_grow("ledger_account")


def _only_grow(table: str) -> None:
    """Refuse changes to rows that are permanent."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("UPDATE", "DELETE"):
        body = (
            "EXECUTE FUNCTION refuse_change()"
            if postgresql
            else f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are permanent'); END"
        )
        op.execute(
            f'CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON "{table}" FOR EACH ROW {body}'
        )


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
