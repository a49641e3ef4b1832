"""What comes in: strict JSON bodies, bounded, and uploads that never touch a disk."""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import IO, Any, Final, Self

from flask import Request, request
from pydantic import BaseModel, ConfigDict

from app.core.errors import TOO_LARGE, UNSUPPORTED_MEDIA_TYPE

JSON_LIMIT_BYTES: Final = 64 * 1024
FORM_LIMIT_BYTES: Final = 64 * 1024


class MemoryRequest(Request):
    """A request whose uploaded files stay in memory.

    Werkzeug would spool large parts to a temporary file; faces must not reach a disk. The memory
    is bounded by MAX_CONTENT_LENGTH and the number of threads.
    """

    def get_json(self, *_: object, **__: object) -> None:
        """Nothing: `JsonBody` reads the bytes itself.

        flask-openapi asks before any model is consulted, so a large or endlessly nested body would
        be parsed by a reader without bounds.
        """

    def _load_form_data(self) -> None:
        # Werkzeug reads such a form whole, whatever MAX_FORM_MEMORY_SIZE says: millions of
        # parameters would fit into the largest upload.
        if self.mimetype == "application/x-www-form-urlencoded":
            self.max_content_length = FORM_LIMIT_BYTES
        super()._load_form_data()

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - werkzeug's signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return io.BytesIO()


class JsonBody(BaseModel):
    """Base of every JSON request body: strict types, no unknown members, bounded size.

    flask-openapi parses leniently (any media type, `"1"` for 1, a JSON text inside a JSON
    string), so whatever it hands over is ignored and the raw bytes are validated in strict mode.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    @classmethod
    def model_validate(cls, obj: Any, **_: Any) -> Self:  # noqa: ANN401, ARG003 - pydantic's signature
        """Validate the bytes of the current request."""
        return cls._from_request()

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **_: Any) -> Self:  # noqa: ANN401, ARG003
        """Validate the bytes of the current request."""
        return cls._from_request()

    @classmethod
    def _from_request(cls) -> Self:
        validated: Self = cls.__pydantic_validator__.validate_json(json_bytes())
        return validated


def json_bytes() -> bytes:
    """The raw body of a JSON request.

    Raises:
        DomainError: UNSUPPORTED_MEDIA_TYPE (415) or TOO_LARGE (413).
    """
    return sent_bytes(("application/json",))


def sent_bytes(media_types: Collection[str]) -> bytes:
    """The raw body of a request of one of these media types; errors as of `json_bytes`."""
    if request.mimetype not in media_types:
        raise UNSUPPORTED_MEDIA_TYPE()
    if (request.content_length or 0) > JSON_LIMIT_BYTES:  # refused before it is read
        raise TOO_LARGE()
    data = request.get_data(cache=True)
    if len(data) > JSON_LIMIT_BYTES:
        raise TOO_LARGE()
    return data
