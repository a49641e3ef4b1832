"""What is wrong with the data, said by file and member and without quoting what stands there."""

from pydantic import ValidationError

from certificates.errors import CertificateError, ErrorCode

_OWN = "value_error"


def refused(file: str, wrong: Exception) -> CertificateError:
    """Return the refusal of a file.

    Args:
        file: its name below the folder of data, such as `birth/type.toml`.
        wrong: why.
    """
    if isinstance(wrong, ValidationError):
        return CertificateError(ErrorCode.TYPE_INVALID, f"{file}: {_first(wrong)}")
    if isinstance(wrong, OSError):
        return CertificateError(ErrorCode.TYPE_INVALID, f"{file}: cannot be read")
    return CertificateError(ErrorCode.TYPE_INVALID, f"{file}: not TOML")


def _first(wrong: ValidationError) -> str:
    error = wrong.errors(include_url=False, include_input=False)[0]
    # Our own validators name the member in their words; pydantic's types say what is wrong.
    said = str(error["ctx"]["error"]) if error["type"] == _OWN else error["type"]
    where = ".".join(str(step) for step in error["loc"])
    return f"{where}: {said}" if where else said
