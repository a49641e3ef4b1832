"""Fees of appointments, and the terminal that stands for a hospital on its patients' phones.

A new table, and a column that the version that is being replaced does not read or write.
"""

from alembic import op
import sqlalchemy as sa

revision = "0205"
down_revision = "0202"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
MOVES = "'BEGUN>DROPPED', 'BEGUN>HELD', 'BEGUN>PAID', 'BEGUN>RETURNED', 'BEGUN>RETURNING', 'HELD>DROPPED', 'HELD>PAID', 'HELD>RETURNED', 'HELD>RETURNING', 'PAID>RETURNED', 'PAID>RETURNING', 'RETURNING>RETURNED'"


def upgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.create_table(
        "appointment_fees",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("appointment_id", sa.String(), nullable=False),
        sa.Column("hospital_id", sa.String(), nullable=False),
        sa.Column("item_code", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "BEGUN",
                "HELD",
                "PAID",
                "DROPPED",
                "RETURNING",
                "RETURNED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("settlement_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('BEGUN', 'DROPPED') OR settlement_id IS NOT NULL",
            name=op.f("ck_appointment_fees_settlement"),
        ),
        sa.CheckConstraint(
            "amount BETWEEN 1 AND 1000000", name=op.f("ck_appointment_fees_amount")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_appointment_fees_appointment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["hospital_id"], ["hospitals.id"], name=op.f("fk_appointment_fees_hospital_id")
        ),
        sa.ForeignKeyConstraint(
            ["settlement_id"], ["settlements.id"], name=op.f("fk_appointment_fees_settlement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_fees")),
        sa.UniqueConstraint("settlement_id", name=op.f("uq_appointment_fees_settlement_id")),
    )
    op.create_index(
        "ix_appointment_fees_appointment_id", "appointment_fees", ["appointment_id"], unique=False
    )
    op.create_index(
        "ix_appointment_fees_state_changed_at_open",
        "appointment_fees",
        ["state_changed_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('BEGUN', 'HELD', 'RETURNING')"),
    )
    op.create_index(
        "uq_appointment_fees_one_standing",
        "appointment_fees",
        ["appointment_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('BEGUN', 'HELD', 'PAID')"),
    )
    op.execute(
        "CREATE TRIGGER appointment_fees_state_moves BEFORE UPDATE OF state ON appointment_fees "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({MOVES})"
    )
    op.add_column("hospitals", sa.Column("online_terminal_id", sa.String(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_hospitals_online_terminal_id"), "hospitals", ["online_terminal_id"]
    )
    op.create_foreign_key(
        op.f("fk_hospitals_online_terminal_id"),
        "hospitals",
        "terminals",
        ["online_terminal_id"],
        ["id"],
    )


def downgrade() -> None:
    for limit in LIMITS:
        op.execute(limit)
    op.drop_constraint(
        op.f("fk_hospitals_online_terminal_id"), "hospitals", type_="foreignkey"
    )
    op.drop_constraint(op.f("uq_hospitals_online_terminal_id"), "hospitals", type_="unique")
    op.drop_column("hospitals", "online_terminal_id")
    op.drop_index(
        "uq_appointment_fees_one_standing",
        table_name="appointment_fees",
        postgresql_where=sa.text("state IN ('BEGUN', 'HELD', 'PAID')"),
    )
    op.drop_index(
        "ix_appointment_fees_state_changed_at_open",
        table_name="appointment_fees",
        postgresql_where=sa.text("state IN ('BEGUN', 'HELD', 'RETURNING')"),
    )
    op.drop_index("ix_appointment_fees_appointment_id", table_name="appointment_fees")
    op.drop_table("appointment_fees")
