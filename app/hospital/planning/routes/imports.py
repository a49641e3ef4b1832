"""/v1/hospital/imports: a hospital's schedule, as a file."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import INVALID_FIELD, TOO_LARGE, UNSUPPORTED_MEDIA_TYPE
from app.core.http.languages import preferred_language
from app.core.http.replies import reply
from app.core.http.services import service
from app.hospital.planning.schemas import ImportQuery, ImportReply, RefusedLineReply
from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.importing.report import ImportReport, Mode
from app.hospital.planning.service.lines.reading import (
    MOST_BYTES,
    Read,
    Refused,
    numbered,
    read_ndjson,
    require_few_lines,
)
from app.hospital.planning.service.lines.tables import read_csv
from app.hospital.planning.service.turns import BulkTurns
from app.hospital.scopes import SCHEDULE_SCOPE
from app.hospital.service.directory import HospitalDirectory

_NDJSON: Final = "application/x-ndjson"
_CSV: Final = "text/csv"
_CONTENT: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        _NDJSON: {"schema": {"type": "string"}},
        _CSV: {"schema": {"type": "string"}},
    },
}
blueprint = APIBlueprint(
    "hospital_imports",
    __name__,
    url_prefix="/v1/hospital/imports",
    abp_tags=[Tag(name="hospital schedule")],
)


@blueprint.post(
    "", summary="Import a schedule", responses={200: ImportReply}, request_body=_CONTENT
)
@terminal(scope=SCHEDULE_SCOPE)
def send(query: ImportQuery) -> Response:
    """Campuses, departments, doctors, sessions, templates and holidays by the hospital's own ids.

    NDJSON of any kinds, or CSV of one (`kind`). The same file once more changes nothing, so a lost
    answer is asked for by sending it again. Every line that is refused is listed.
    """
    hospital_id = service(HospitalDirectory).of(caller(Terminal))
    service(BulkTurns).take(hospital_id)
    if request.mimetype not in {_NDJSON, _CSV}:
        raise UNSUPPORTED_MEDIA_TYPE()
    if (query.kind is None) != (request.mimetype == _NDJSON):
        raise INVALID_FIELD(pointer="/kind")
    if query.dry_run and query.atomic:
        raise INVALID_FIELD(pointer="/atomic")
    data = _body()

    def lines() -> Iterator[Read | Refused]:
        file = numbered(BytesIO(data))
        return read_ndjson(file) if query.kind is None else read_csv(file, kind=query.kind)

    report = service(ScheduleImport).run(hospital_id, lines, _mode(query))
    return reply(_report(report))


def _mode(query: ImportQuery) -> Mode:
    if query.dry_run:
        return Mode.DRY_RUN
    return Mode.ATOMIC if query.atomic else Mode.EACH


def _body() -> bytes:
    """The file, bounded before it is read."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TOO_LARGE()
    # A body without a length is cut here, silently: one byte more shows that it was cut.
    request.max_content_length = MOST_BYTES + 1
    data = request.get_data(cache=False)
    if len(data) > MOST_BYTES:
        raise TOO_LARGE()
    require_few_lines(data)
    return data


def _report(report: ImportReport) -> ImportReply:
    chinese = preferred_language() == "zh-CN"
    return ImportReply(
        mode=report.mode.value,
        written=report.written,
        created=report.created,
        updated=report.updated,
        unchanged=report.unchanged,
        refused=len(report.refused),
        next_line=report.next_line,
        lines=[
            RefusedLineReply(
                line=one.line,
                id=one.about,
                code=one.kind.code,
                pointer=one.pointer,
                detail=one.kind.zh if chinese else one.kind.en,
            )
            for one in report.refused
        ],
    )
