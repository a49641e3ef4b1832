from bench.liveness.light_code import run


def test_wrong_codes_are_refused_and_right_ones_believed() -> None:
    """A small run of the published figure (simulated)."""
    figures = run(wrong_codes=30_000, genuine=8, sheets=8, seed=3)
    assert figures["wrong_codes"] >= 29_990
    assert figures["accepted"] / figures["wrong_codes"] <= 1e-3
    assert figures["genuine_rejected_at_0.10"] == 0
    assert figures["genuine_rejected_at_0.05"] <= 0.15
    relief = figures["relief_at_0.10"]
    assert relief["head"]["beta_full_t"][1] > relief["flat"]["beta_full_t"][2]
    assert relief["head"]["beta_full_t"][1] > relief["bent"]["beta_full_t"][2]
