"""What no certificate of ours contains: scripts, actions, forms, layers, references outwards.

Works on dictionaries as our own reading and as the PDF library give them; both use names as keys.
"""

from collections.abc import Callable, Iterable
from typing import Final

from certificates.reading.objects import walk
from certificates.verdicts import Integrity

Resolve = Callable[[object], object]
_SCRIPT: Final = frozenset({"/JS", "/JavaScript"})
_AUTOMATIC: Final = frozenset({"/OpenAction", "/AA"})
_ACTIONS: Final = frozenset(
    {
        *("/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/Hide", "/Named"),
        *("/Sound", "/Movie", "/Rendition", "/SetOCGState", "/GoTo3DView", "/RichMediaExecute"),
    }
)
_OUTWARDS: Final = frozenset({"/URI", "/GoToR", "/GoToE", "/Thread"})
_ATTACHING: Final = frozenset(
    {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}
)
_FILTERS: Final = frozenset({"/FlateDecode", "/DCTDecode"})
_ATTACHED: Final = "/application/json"


def forbidden(objects: Iterable[tuple[object, bool]], *, resolve: Resolve) -> Integrity | None:
    """Return the first thing of those, in the order of `_RULES`, or nothing.

    Args:
        objects: each with whether it is a stream.
        resolve: follows a reference.
    """
    found = set[Integrity]()
    for value, is_stream in objects:
        for one in walk(value):
            if isinstance(one, dict):
                entries = {str(key): entry for key, entry in dict.items(one)}
                found.update(_broken_rules(entries, is_stream and one is value, resolve))
    return next((code for code, _ in _RULES if code in found), None)


def _broken_rules(
    entries: dict[str, object],
    is_stream: bool,  # noqa: FBT001 - one of a pair
    resolve: Resolve,
) -> Iterable[Integrity]:
    kind = (
        resolve(entries.get("/S")),
        resolve(entries.get("/Subtype")),
        resolve(entries.get("/Type")),
    )
    if is_stream:
        yield from _of_stream(entries, kind[1:], resolve)
    for code, holds in _RULES:
        if holds(entries, kind):
            yield code


def _of_stream(
    entries: dict[str, object], kind: tuple[object, ...], resolve: Resolve
) -> Iterable[Integrity]:
    if "/F" in entries:  # its data lie in another file
        yield Integrity.EXTERNAL_REFERENCE
    filters = resolve(entries.get("/Filter"))
    used = list.__iter__(filters) if isinstance(filters, list) else iter([filters])
    if any(one is not None and resolve(one) not in _FILTERS for one in used):
        yield Integrity.UNUSUAL_FILTER
    if kind[1] == "/EmbeddedFile" and kind[0] != _ATTACHED:
        yield Integrity.EMBEDDED_FILE


_Kind = tuple[object, object, object]
_RULES: Final[tuple[tuple[Integrity, Callable[[dict[str, object], _Kind], bool]], ...]] = (
    (Integrity.SCRIPT, lambda has, kind: bool(_SCRIPT & has.keys()) or kind[0] == "/JavaScript"),
    (Integrity.ACTION, lambda has, kind: bool(_AUTOMATIC & has.keys()) or kind[0] in _ACTIONS),
    (Integrity.XFA_FORM, lambda has, _: "/XFA" in has),
    (Integrity.EMBEDDED_FILE, lambda _, kind: kind[1] in _ATTACHING),
    (
        Integrity.EXTERNAL_REFERENCE,
        lambda has, kind: "/URI" in has or kind[0] in _OUTWARDS or has.get("/FS") == "/URL",
    ),
    (Integrity.LAYERS, lambda has, kind: "/OCProperties" in has or kind[2] in {"/OCG", "/OCMD"}),
    (Integrity.UNUSUAL_FILTER, lambda *_: False),
)
"""In order of weight; what concerns streams alone is looked at in `_of_stream`."""
