"""Codes of a card that an agent shows by a mandate, and codes on paper.

The version that is being replaced writes neither: the new columns stay empty for it, and the
indexes it relies on hold for its own rows as before.
"""

from alembic import op
import sqlalchemy as sa

revision = "0142"
down_revision = "0141"
branch_labels = None
depends_on = None

LIMITS = ("SET LOCAL lock_timeout = '4s'", "SET LOCAL statement_timeout = '60s'")
LIVE = "state <> 'REVOKED'"


def upgrade() -> None:
    _limit()
    op.add_column("card_tokens", sa.Column("mandate_id", sa.String(), nullable=True))
    op.add_column("card_tokens", sa.Column("agent_id", sa.String(), nullable=True))
    op.create_foreign_key(
        op.f("fk_card_tokens_mandate_id"), "card_tokens", "family_agreements", ["mandate_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_card_tokens_agent_id"), "card_tokens", "persons", ["agent_id"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_card_tokens_agent_of_mandate"),
        "card_tokens",
        "(mandate_id IS NULL) = (agent_id IS NULL)",
    )
    _one_live(f"{LIVE} AND mandate_id IS NULL")
    op.create_index(
        "uq_card_tokens_one_of_mandate",
        "card_tokens",
        ["mandate_id", "thumbprint"],
        unique=True,
        postgresql_where=sa.text(f"{LIVE} AND mandate_id IS NOT NULL"),
    )
    op.create_index(
        "ix_card_tokens_mandate_id",
        "card_tokens",
        ["mandate_id"],
        postgresql_where=sa.text("mandate_id IS NOT NULL"),
    )
    op.create_index(
        "uq_card_tokens_one_sheet",
        "card_tokens",
        ["card_id"],
        unique=True,
        postgresql_where=sa.text(f"{LIVE} AND thumbprint LIKE 'paper:%'"),
    )
    op.add_column("code_grants", sa.Column("amount_cap", sa.BigInteger(), nullable=True))
    op.create_check_constraint(op.f("ck_code_grants_amount_cap"), "code_grants", "amount_cap > 0")
    op.create_check_constraint(
        op.f("ck_code_grants_paper_is_capped"),
        "code_grants",
        "mode <> 'paper' OR amount_cap IS NOT NULL",
    )
    _modes("'online', 'offline', 'paper'")
    _one_code("state = 'ISSUED' AND mode <> 'paper'")


def downgrade() -> None:
    _limit()
    # What only this version made possible goes: codes on paper, and devices of agents.
    others = "(SELECT id FROM card_tokens WHERE mandate_id IS NOT NULL OR thumbprint LIKE 'paper:%')"
    op.execute(
        "DELETE FROM presentations WHERE grant_id IN "
        f"(SELECT id FROM code_grants WHERE token_id IN {others})"
    )
    op.execute(f"DELETE FROM code_grants WHERE token_id IN {others}")
    op.execute(f"DELETE FROM card_tokens WHERE id IN {others}")
    _one_code("state = 'ISSUED'")
    _modes("'online', 'offline'")
    op.drop_constraint(op.f("ck_code_grants_paper_is_capped"), "code_grants", type_="check")
    op.drop_constraint(op.f("ck_code_grants_amount_cap"), "code_grants", type_="check")
    op.drop_column("code_grants", "amount_cap")
    op.drop_index("uq_card_tokens_one_sheet", "card_tokens")
    op.drop_index("ix_card_tokens_mandate_id", "card_tokens")
    op.drop_index("uq_card_tokens_one_of_mandate", "card_tokens")
    _one_live(LIVE)
    op.drop_constraint(op.f("ck_card_tokens_agent_of_mandate"), "card_tokens", type_="check")
    op.drop_constraint(op.f("fk_card_tokens_agent_id"), "card_tokens", type_="foreignkey")
    op.drop_constraint(op.f("fk_card_tokens_mandate_id"), "card_tokens", type_="foreignkey")
    op.drop_column("card_tokens", "agent_id")
    op.drop_column("card_tokens", "mandate_id")


def _limit() -> None:
    for limit in LIMITS:
        op.execute(limit)


def _one_live(where: str) -> None:
    op.drop_index("uq_card_tokens_one_live", "card_tokens")
    op.create_index(
        "uq_card_tokens_one_live",
        "card_tokens",
        ["card_id", "thumbprint"],
        unique=True,
        postgresql_where=sa.text(where),
    )


def _one_code(where: str) -> None:
    op.drop_index("uq_code_grants_one_live", "code_grants")
    op.create_index(
        "uq_code_grants_one_live",
        "code_grants",
        ["token_id", "mode", "purpose"],
        unique=True,
        postgresql_where=sa.text(where),
    )


def _modes(listed: str) -> None:
    op.drop_constraint(op.f("ck_code_grants_mode"), "code_grants", type_="check")
    op.create_check_constraint(op.f("ck_code_grants_mode"), "code_grants", f"mode IN ({listed})")
