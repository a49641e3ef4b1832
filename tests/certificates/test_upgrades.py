"""What may follow a signature, and nothing else that looks like it."""

from collections.abc import Callable
from typing import Any

import pytest

from certificates.inspection import PdfInspector
from certificates.reading.reader import OwnReader
from certificates.results import MadeCertificate
from certificates.verdicts import Integrity
from tests.certificates import appended, hostile
from tests.certificates.readers import CHANGED, GOOD, look
from tests.certificates.updates import (
    field_number,
    page_number,
    root_number,
    updated,
    written_object,
)


@pytest.mark.parametrize(
    "steps",
    [
        [appended.with_validation_data],
        [appended.with_timestamp],
        [appended.with_validation_data, appended.with_timestamp],
        [appended.with_validation_data, appended.with_timestamp] * 2,
    ],
    ids=["data", "timestamp", "both", "renewed"],
)
def test_validation_data_and_timestamps_may_follow_a_signature(
    inspector: PdfInspector, own: OwnReader, made: MadeCertificate, steps: list[Any]
) -> None:
    pdf = made.pdf
    for step in steps:
        pdf = step(pdf)
    assert look(own, pdf) == GOOD
    assert look(inspector, pdf) == GOOD


def store(pdf: bytes, **changes: bytes) -> dict[int, bytes]:
    """The objects of an update that adds a /DSS; `changes` replace parts of it."""
    root, free = root_number(pdf), 200
    catalogue = written_object(pdf, root)
    kept = changes.get("catalogue", catalogue)
    return {
        root: kept[:-2] + b"/DSS %d 0 R>>" % free,
        free: changes.get("store", b"<</Type/DSS/Certs[201 0 R]>>"),
        free + 1: changes.get("certificate", hostile.stream(b"", b"\x30\x00")),
    }


def test_a_store_written_by_hand_is_one(own: OwnReader, made: MadeCertificate) -> None:
    assert look(own, updated(made.pdf, store(made.pdf))) == GOOD


FIELD = b"<</FT/Sig/T(Stamp)/F 132/Rect[0 0 0 0]/V 301 0 R>>"
STAMP = b"<</Type/DocTimeStamp/SubFilter/ETSI.RFC3161/ByteRange[0 1 2 3]/Contents<00>>>"


def stamped(pdf: bytes, *, field: bytes = FIELD, stamp: bytes = STAMP) -> dict[int, bytes]:
    """The objects of an update that adds a timestamp's field."""
    root = root_number(pdf)
    fields = b"/Fields[%d 0 R" % field_number(pdf)
    catalogue = written_object(pdf, root)
    assert fields in catalogue
    return {root: catalogue.replace(fields, fields + b" 300 0 R"), 300: field, 301: stamp}


def test_a_field_with_a_timestamp_written_by_hand_is_one(
    own: OwnReader, made: MadeCertificate
) -> None:
    assert look(own, updated(made.pdf, stamped(made.pdf))) == GOOD


def page_with(pdf: bytes, old: bytes, new: bytes) -> dict[int, bytes]:
    number = page_number(pdf)
    page = written_object(pdf, number)
    assert old in page
    return {number: page.replace(old, new)}


Objects = Callable[[bytes], dict[int, bytes]]
DISGUISED: dict[str, Objects] = {
    "another object": lambda pdf: store(pdf) | {400: b"(nobody names this)"},
    "a page's contents": lambda pdf: (
        store(pdf) | page_with(pdf, b"/Contents", b"/Contents 201 0 R/C")
    ),
    "a page's annotation": lambda pdf: (
        store(pdf) | page_with(pdf, b"/Annots[", b"/Annots[201 0 R ")
    ),
    "a contents stream": lambda pdf: store(pdf) | {96: hostile.stream(b"", b"BT ET")},
    "another language": lambda pdf: store(
        pdf, catalogue=written_object(pdf, root_number(pdf)).replace(b"(zh-CN)", b"(en)")
    ),
    "another outline": lambda pdf: store(pdf) | {2: b"<</Type/Outlines/Count 0>>"},
    "the signed field": lambda pdf: (
        store(pdf) | {field_number(pdf): written_object(pdf, field_number(pdf))}
    ),
    "a stream of another type": lambda pdf: store(
        pdf, certificate=hostile.stream(b"/Type/XObject", b"q Q")
    ),
    "a page in the store": lambda pdf: store(pdf, certificate=hostile.PAGE),
    "an old object in the store": lambda pdf: (
        store(pdf, store=b"<</Certs[96 0 R 201 0 R]>>") | {96: hostile.stream(b"", b"BT ET")}
    ),
    "a field that shows": lambda pdf: stamped(
        pdf, field=FIELD.replace(b"[0 0 0 0]", b"[0 0 400 400]")
    ),
    "a field with an appearance": lambda pdf: stamped(
        pdf, field=FIELD.replace(b"/V", b"/AP<</N 96 0 R>>/V")
    ),
    "a field of text": lambda pdf: stamped(pdf, field=FIELD.replace(b"/Sig", b"/Tx")),
    "a stamp of another kind": lambda pdf: stamped(
        pdf, stamp=STAMP.replace(b"/ETSI.RFC3161", b"/ETSI.CAdES.detached")
    ),
    "a stamp with a reference": lambda pdf: stamped(
        pdf, stamp=STAMP.replace(b"/ByteRange", b"/Reference[96 0 R]/ByteRange")
    ),
    "fields in another order": lambda pdf: {
        number: one.replace(
            b"[%d 0 R 300 0 R" % field_number(pdf), b"[300 0 R %d 0 R" % field_number(pdf)
        )
        for number, one in stamped(pdf).items()
    },
    "a form that wants to be drawn anew": lambda pdf: {
        number: one.replace(b"/SigFlags 3", b"/SigFlags 3/NeedAppearances true")
        for number, one in stamped(pdf).items()
    },
    "an extension taken away": lambda pdf: {
        number: one.replace(b"/ESIC", b"/ADBE") for number, one in store(pdf).items()
    },
}


@pytest.mark.parametrize("name", list(DISGUISED))
def test_nothing_else_comes_in_with_an_upgrade(
    own: OwnReader, inspector: PdfInspector, made: MadeCertificate, name: str
) -> None:
    pdf = updated(made.pdf, DISGUISED[name](made.pdf))
    assert look(own, pdf) == CHANGED
    assert look(inspector, pdf) == CHANGED


@pytest.mark.parametrize(
    "more",
    [{"before": b"% a comment\n"}, {"before": b"400 0 obj\n1\nendobj\n"}, {"trailer": b"/X 1"}],
    ids=["comment", "object of no table", "trailer"],
)
def test_between_the_objects_of_an_upgrade_there_is_nothing(
    own: OwnReader, made: MadeCertificate, more: dict[str, bytes]
) -> None:
    assert look(own, updated(made.pdf, store(made.pdf), **more)) == CHANGED


def test_an_update_that_moves_the_catalogue_is_no_upgrade(
    own: OwnReader, made: MadeCertificate
) -> None:
    root = root_number(made.pdf)
    moved = updated(made.pdf, {400: written_object(made.pdf, root)})
    moved = moved[: len(made.pdf)] + moved[len(made.pdf) :].replace(
        b"/Root %d 0 R" % root, b"/Root 400 0 R"
    )
    assert look(own, moved) == CHANGED


def test_an_update_that_puts_something_in_the_signatures_place_leaves_none(
    own: OwnReader, made: MadeCertificate
) -> None:
    value = field_number(made.pdf) - 1
    pdf = updated(made.pdf, store(made.pdf) | {value: b"<</Type/DocTimeStamp>>"})
    assert look(own, pdf).integrity is Integrity.UNSIGNED
