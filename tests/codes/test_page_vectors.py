"""What the pages' code for offline codes is compared with is what `codes` makes and reads."""

from __future__ import annotations

import json

from codes import presentation
from codes.keys import IssuerKeys
from tests.codes.page_vectors import FILE, text
from tests.codes.vector_keys import ISSUER


def test_the_file_is_what_the_codes_make() -> None:
    assert FILE.read_text() == text()


def test_every_code_in_it_is_one_that_a_till_believes() -> None:
    keys = IssuerKeys.of([ISSUER.public_key()])
    codes = json.loads(FILE.read_text())["codes"]

    assert len(codes) == 3
    for one in codes:
        read = presentation.read(one["code"])
        assert read.is_by_holder()
        assert read.issued.reason_against(keys) is None
        assert (read.purpose, read.slice_number) == (one["purpose"], one["minute"])
