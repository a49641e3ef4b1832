"""Offline codes: credentials, uploads, exposure, revocations; why a card was cancelled.

Five new tables and a column that may be empty; the version that is being replaced knows none of
them, and cancels no card.
"""

from alembic import op
import sqlalchemy as sa

revision = "0130"
down_revision = "0120"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
MOVES = (
    "'LIVE>CONSUMED', 'LIVE>REVOKED', 'LIVE>SUPERSEDED', 'REVOKED>CONSUMED', "
    "'SUPERSEDED>CONSUMED', 'SUPERSEDED>REVOKED'"
)
CREDENTIAL_CHECKS = {
    "alias": "octet_length(alias) = 16",
    "level": "level IN ('L1', 'L2', 'L3')",
    "cap": "cap_fen > 0",
    "lives": "not_before <= issued_at AND expires_at > issued_at",
    "consumer": (
        "(state = 'CONSUMED') = (terminal_id IS NOT NULL)"
        " AND (terminal_id IS NULL) = (presented_at IS NULL)"
        " AND (terminal_id IS NULL) = (purpose IS NULL)"
        " AND (terminal_id IS NULL) = (code_digest IS NULL)"
    ),
    "superseded": "state <> 'SUPERSEDED' OR superseded_at IS NOT NULL",
    "revoked": "state <> 'REVOKED' OR revoked_at IS NOT NULL",
    "presented_in_time": (
        "presented_at + interval '60 s' > issued_at AND presented_at < expires_at"
    ),
    "presented_before_revocation": "presented_at < revoked_at",
    "code_digest": "octet_length(code_digest) = 32",
}
UPLOAD_CHECKS = {
    "code_digest": "octet_length(code_digest) = 32",
    "sale_digest": "octet_length(sale_digest) = 32",
    "amount": "amount_fen >= 0",
    "verdict": "verdict <> ''",
    "accepted_is_presented": "(verdict = 'ACCEPTED') = (presentation_id IS NOT NULL)",
}
CANCELLED = "ck_cards_cancelled_for_a_reason"


def upgrade() -> None:
    _limit()
    _credentials()
    _uploads()
    _small()
    op.add_column("cards", sa.Column("cancel_reason", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f(CANCELLED),
        "cards",
        "(state = 'CANCELLED') = (cancel_reason IS NOT NULL)"
        " AND cancel_reason IN ('DEATH', 'MOVED', 'ISSUED_IN_ERROR')",
        postgresql_not_valid=True,
    )
    op.execute(f"ALTER TABLE cards VALIDATE CONSTRAINT {CANCELLED}")


def downgrade() -> None:
    _limit()
    op.drop_constraint(op.f(CANCELLED), "cards", type_="check")
    op.drop_column("cards", "cancel_reason")
    for table in (
        "card_revocation_head",
        "card_revocations",
        "offline_exposures",
        "offline_uploads",
        "offline_credentials",
    ):
        op.drop_table(table)


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(sql, name=op.f(f"ck_{table}_{n}")) for n, sql in checks.items()]


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"))


def _credentials() -> None:
    table = "offline_credentials"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("alias", sa.LargeBinary(), nullable=False),
        sa.Column("token_id", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "LIVE",
                "SUPERSEDED",
                "REVOKED",
                "CONSUMED",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=False),
        _moment("issued_at"),
        _moment("not_before"),
        _moment("expires_at"),
        _moment("superseded_at", nullable=True),
        _moment("revoked_at", nullable=True),
        _moment("presented_at", nullable=True),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("code_digest", sa.LargeBinary(), nullable=True),
        sa.Column("terminal_id", sa.String(), nullable=True),
        *_checks(table, CREDENTIAL_CHECKS),
        _foreign(table, "token_id", "card_tokens.id"),
        _foreign(table, "terminal_id", "terminals.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("alias", name=op.f(f"uq_{table}_alias")),
    )
    op.create_index(f"ix_{table}_token_id", table, ["token_id"])
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
    op.create_index(
        f"uq_{table}_one_code_a_minute",
        table,
        ["token_id", "purpose", "presented_at"],
        unique=True,
        postgresql_where=sa.text("state = 'CONSUMED'"),
    )
    op.execute(
        f"CREATE TRIGGER {table}_state_moves BEFORE UPDATE OF state ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_state_move({MOVES})"
    )


def _uploads() -> None:
    table = "offline_uploads"
    op.create_table(
        table,
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("terminal_id", sa.String(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sale_digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        _moment("presented_at"),
        _moment("received_at"),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("presentation_id", sa.String(), nullable=True),
        *_checks(table, UPLOAD_CHECKS),
        _foreign(table, "credential_id", "offline_credentials.id"),
        _foreign(table, "terminal_id", "terminals.id"),
        _foreign(table, "presentation_id", "presentations.id"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "terminal_id", "code_digest", "sale_digest", name=op.f(f"uq_{table}_once")
        ),
        sa.UniqueConstraint("presentation_id", name=op.f(f"uq_{table}_presentation_id")),
    )
    op.create_index(
        f"uq_{table}_one_accepted",
        table,
        ["credential_id"],
        unique=True,
        postgresql_where=sa.text("verdict = 'ACCEPTED'"),
    )
    op.create_index(f"ix_{table}_verdict_id", table, ["verdict", "id"])
    op.execute(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _small() -> None:
    table = "offline_exposures"
    op.create_table(
        table,
        sa.Column("card_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spent_fen", sa.BigInteger(), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=False),
        *_checks(table, {"within_cap": "spent_fen BETWEEN 0 AND cap_fen"}),
        _foreign(table, "card_id", "cards.id"),
        sa.PrimaryKeyConstraint("card_id", "day", name=op.f(f"pk_{table}")),
    )
    table = "card_revocations"
    op.create_table(
        table,
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alias", sa.LargeBinary(), nullable=False),
        _moment("expires_at"),
        *_checks(table, {"alias": "octet_length(alias) = 16"}),
        sa.PrimaryKeyConstraint("number", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("alias", name=op.f(f"uq_{table}_alias")),
    )
    op.create_index(f"ix_{table}_expires_at", table, ["expires_at"])
    table = "card_revocation_head"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *_checks(table, {"one_row": "id = 1", "number": "number >= 0"}),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
