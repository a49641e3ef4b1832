"""docs/benefits.md says how a region is added; here it is done, word for word."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

from app.settlement.benefits.rule import Visit
from app.settlement.benefits.rules import HOME, RuleBook
from app.settlement.benefits.split import split
from tests.app.settlement.benefits.baskets import REFERENCE

GUIDE = Path(__file__).parents[4] / "docs" / "benefits.md"
FILE = re.compile(r"`([a-z0-9./-]+\.toml)`[^`]*:\n\n```toml\n(.*?)```", re.DOTALL)


def test_a_region_is_added_by_writing_two_files(tmp_path: Path) -> None:
    home = tmp_path / "rules"
    shutil.copytree(HOME, home)
    files = dict(FILE.findall(GUIDE.read_text(encoding="utf-8")))
    assert sorted(Path(name).name for name in files) == ["golden.toml", "rule.toml"]
    for name, text in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    book = RuleBook(home)
    rule = book.find(region="990300", scheme="resident", visit=Visit.PHARMACY, on=date(2027, 1, 1))
    group = rule.for_age(40)
    fresh = group.standing(deductible=0, fund=0, beyond=0, account=0, mutual=0)
    assert split(REFERENCE, group.terms, fresh).fund == 91_00
    assert len(book.all()) == len(RuleBook().all()) + 1
