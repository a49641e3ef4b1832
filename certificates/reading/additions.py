"""What may follow a signature: validation data and document timestamps (ETSI EN 319 142-1, 5.4).

An upgraded certificate is our first writing, then updates that add a /DSS to the catalogue and
invisible fields with timestamps. Such updates change nothing that is shown, and nothing else is
let through: whatever an update lists must be one of the few things named here.
"""

from dataclasses import dataclass, field
from typing import Final

from certificates.reading.document import Document, Found
from certificates.reading.objects import Reference, Value, walk

_OF_TRAILER: Final = {"/Size", "/Prev", "/Root", "/Info", "/ID"}
_OF_CATALOGUE: Final = {"/DSS", "/AcroForm", "/Extensions"}
_OF_FIELD: Final = {
    *("/Type", "/Subtype", "/FT", "/T", "/TU", "/F", "/Ff", "/Rect", "/P", "/V"),
}
_OF_TIMESTAMP: Final = {"/Type", "/Filter", "/SubFilter", "/ByteRange", "/Contents", "/M", "/V"}
_OF_STREAM: Final = {"/Length", "/Filter"}
_NOWHERE: Final = [0, 0, 0, 0]
_HIDDEN: Final = 2
_PRINT_AND_LOCKED: Final = 132


def only_long_term(document: Document, *, after: int) -> bool:
    """Tell whether all revisions after number `after` add validation data and timestamps alone.

    Security checks, for each revision:
        1. between and after its objects there is nothing: no second meaning for other readers;
        2. the trailer names the same catalogue;
        3. the catalogue is as before but for /DSS, further fields of the form and /Extensions;
        4. a further field is an invisible one with a document timestamp;
        5. a page is as before but for further annotations, each of them such a field;
        6. it lists no object beside these, the data behind /DSS, and the lists they stand in.
    """
    state: dict[int, Found] = {}
    for number, objects in enumerate(document.objects):
        if number > after:
            update = _Update(document=document, number=number, before=dict(state))
            if not update.is_long_term():
                return False
        state.update(objects)
    return True


@dataclass(kw_only=True)
class _Update:
    """One revision beside the state it found."""

    document: Document
    number: int
    before: dict[int, Found]
    explained: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.new = self.document.objects[self.number]
        self.revision = self.document.revisions.all[self.number]
        self.now = self.before | self.new

    def is_long_term(self) -> bool:
        if not (self._is_tight() and self._same_trailer()):  # 1, 2
            return False
        root = self.revision.trailer["/Root"]
        old, new = self._of(root, self.before), self._of(root, self.now)
        if not isinstance(root, Reference) or old is None or new is None:
            return False
        self.explained.add(root.number)
        fields = self._further_fields(old, new)
        return (
            fields is not None
            and _same(old, new, but=_OF_CATALOGUE)  # 3
            and _grown(old.get("/Extensions"), new.get("/Extensions"))
            and self._validation_data(old.get("/DSS"), new.get("/DSS"))
            and all(self._is_timestamp_field(one) for one in fields)  # 4
            and all(self._is_same_page(one, fields) for one in self._changed_pages())  # 5
            and self.new.keys() <= self.explained  # 6
        )

    def _is_tight(self) -> bool:
        at, data = self.revision.start, self.document.data
        for one in sorted(self.new.values(), key=lambda found: found.start):
            if data[at : one.start].strip():
                return False
            at = one.end
        return not data[at : self.revision.table].strip()

    def _same_trailer(self) -> bool:
        old, new = self.document.revisions.all[self.number - 1].trailer, self.revision.trailer
        same = all(old.get(key) == new.get(key) for key in ("/Root", "/Info"))
        return same and new.keys() <= _OF_TRAILER

    def _of(self, value: Value, state: dict[int, Found]) -> dict[str, Value] | None:
        found = self._follow(value, state)
        return found if isinstance(found, dict) else None

    def _follow(self, value: Value, state: dict[int, Found]) -> Value:
        if not isinstance(value, Reference):
            return value
        return state[value.number].value if value.number in state else None

    def _further_fields(
        self, old: dict[str, Value], new: dict[str, Value]
    ) -> list[Reference] | None:
        """Return the fields added to the form; nothing if it changed in another way."""
        before, now = (
            self._of(old.get("/AcroForm"), self.before),
            self._of(new.get("/AcroForm"), self.now),
        )
        if before is None or now is None or not _same(before, now, but={"/Fields"}):
            return None
        self._explain(new.get("/AcroForm"), old.get("/AcroForm"))
        return self._further(before.get("/Fields"), now.get("/Fields"))

    def _further(self, old: Value, new: Value) -> list[Reference] | None:
        """Return what a list of references has more than before, in the same order."""
        before, now = self._follow(old, self.before), self._follow(new, self.now)
        before = [] if before is None else before
        if not isinstance(before, list) or not isinstance(now, list):
            return None
        added = [one for one in now[len(before) :] if isinstance(one, Reference)]
        if now != [*before, *added]:
            return None
        self._explain(new, old)
        return added

    def _explain(self, new: Value, old: Value) -> None:
        """An object that stands for a part of another one, and did so before or is new."""
        if isinstance(new, Reference) and (new == old or new.number not in self.before):
            self.explained.add(new.number)

    def _is_timestamp_field(self, reference: Reference) -> bool:
        found = self._of(reference, self.new)
        if found is None or reference.number in self.before or not found.keys() <= _OF_FIELD:
            return False
        value = found.get("/V")
        stamp = self._of(value, self.new)
        if stamp is None or not isinstance(value, Reference) or value.number in self.before:
            return False
        self.explained |= {reference.number, value.number}
        return (
            found.get("/FT") == "/Sig"
            and found.get("/Rect") == _NOWHERE
            and found.get("/F") in {_HIDDEN, _PRINT_AND_LOCKED}
            and stamp.keys() <= _OF_TIMESTAMP
            and stamp.get("/Type") == "/DocTimeStamp"
            and stamp.get("/SubFilter") == "/ETSI.RFC3161"
        )

    def _changed_pages(self) -> list[int]:
        return [
            number
            for number in self.new
            if number in self.before and self.before[number].entries.get("/Type") == "/Page"
        ]

    def _is_same_page(self, number: int, fields: list[Reference]) -> bool:
        old, new = self.before[number].entries, self.new[number].entries
        self.explained.add(number)
        added = self._further(old.get("/Annots"), new.get("/Annots"))
        known = added is not None and all(one in fields for one in added)
        return known and _same(old, new, but={"/Annots"})

    def _validation_data(self, old: Value, new: Value) -> bool:
        """Tell whether everything behind /DSS is data for validation; an older one may grow."""
        owned = self._behind(old, self.before)
        behind = self._behind(new, self.now)
        fresh = {number for number in behind if number in self.new}
        self.explained |= fresh
        plain = all(_is_validation_data(self.new[number]) for number in fresh)
        return plain and all(one not in self.before or one in owned for one in fresh)

    def _behind(self, value: Value, state: dict[int, Found]) -> set[int]:
        found, waiting = set[int](), [value]
        while waiting:
            for one in walk(waiting.pop()):
                if isinstance(one, Reference) and one.number in state and one.number not in found:
                    found.add(one.number)
                    waiting.append(state[one.number].value)
        return found


def _is_validation_data(found: Found) -> bool:
    """Tell whether an object is a list, a dictionary of the store, or a plain stream."""
    if found.stream is not None:
        return found.entries.keys() <= _OF_STREAM
    kinds = {one["/Type"] for one in walk(found.value) if isinstance(one, dict) and "/Type" in one}
    return isinstance(found.value, dict | list) and kinds <= {"/DSS", "/VRI"}


def _same(old: dict[str, Value], new: dict[str, Value], *, but: set[str]) -> bool:
    keys = (old.keys() | new.keys()) - but
    return all(key in old and key in new and old[key] == new[key] for key in keys)


def _grown(old: Value, new: Value) -> bool:
    """Tell whether a dictionary of direct values kept all it had."""
    if old == new:
        return True
    kept = (
        isinstance(old, dict)
        and isinstance(new, dict)
        and all(key in new and new[key] == entry for key, entry in old.items())
    )
    return kept and not any(isinstance(one, Reference) for one in walk(new))
