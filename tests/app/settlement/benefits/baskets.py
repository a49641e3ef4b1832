"""Baskets, terms and standings, written down and drawn."""

from __future__ import annotations

from hypothesis import strategies as st

from app.settlement.benefits.split import Band, Category, Line, Standing, Terms

FULL = 10**9
REFERENCE = (
    Line(code="A", category=Category.A, amount=120_00),
    Line(code="B", category=Category.B, amount=200_00, limit=180_00, self_first_bp=1000),
    Line(code="C", category=Category.C, amount=30_00),
)


def terms(*bands: tuple[int | None, int], account: bool = True, mutual: bool = True) -> Terms:
    made = tuple(Band(upto=upto, ratio_bp=ratio) for upto, ratio in bands or ((None, 6000),))
    return Terms(bands=made, account_pays=account, mutual_pays=mutual)


def standing(
    *, left: int = 0, cap: int = FULL, account: int = 0, mutual: int = 0, beyond: int = 0
) -> Standing:
    return Standing(
        deductible_left=left, cap_left=cap, account=account, mutual=mutual, beyond=beyond
    )


_FEN = st.integers(0, 60_000)
_AMOUNTS = st.integers(1, 50_000) | st.integers(1, 9)


@st.composite
def _lines(draw: st.DrawFn) -> Line:
    category = draw(st.sampled_from(list(Category)))
    limits = st.none() | st.integers(1, 50_000)
    return Line(
        code=draw(st.sampled_from(["X1", "Z2", "C3"])),
        category=category,
        amount=draw(_AMOUNTS),
        limit=None if category is Category.C else draw(limits),
        self_first_bp=draw(st.integers(0, 9_999)) if category is Category.B else 0,
    )


@st.composite
def _terms(draw: st.DrawFn) -> Terms:
    ends = sorted(draw(st.sets(st.integers(1, 100_000), max_size=4)))
    bands = tuple(Band(upto=end, ratio_bp=draw(st.integers(0, 10_000))) for end in (*ends, None))
    return Terms(bands=bands, account_pays=draw(st.booleans()), mutual_pays=draw(st.booleans()))


LINES = _lines()
BASKETS = st.lists(LINES, min_size=1, max_size=12)
TERMS = _terms()
STANDINGS = st.builds(
    Standing, deductible_left=_FEN, cap_left=_FEN, account=_FEN, mutual=_FEN, beyond=_FEN
)
