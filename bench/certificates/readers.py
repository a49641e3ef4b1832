"""Other people's readers and validators, on one certificate of every type."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from bench.certificates.verapdf.validator import missing_of_verapdf, verapdf


def opinions(pdfs: Mapping[str, bytes], *, root_pem: bytes, folder: Path) -> dict[str, str]:
    """Return for each reader how many of the files it accepts, such as `11/11`.

    A reader the machine does not have says what is missing.

    Args:
        pdfs: by type.
        root_pem: what pyHanko trusts.
        folder: an empty one, where the files are written.
    """
    for name, pdf in pdfs.items():
        (folder / f"{name}.pdf").write_bytes(pdf)
    trusted = x509.Certificate.load(pem.unarmor(root_pem)[2])
    told = {
        "pdfsig": _share(pdfs, lambda name: _program("pdfsig", "-nocert", folder / f"{name}.pdf")),
        "qpdf": _share(pdfs, lambda name: _program("qpdf", "--check", folder / f"{name}.pdf")),
        "pyhanko": _share(pdfs, lambda name: _pyhanko(pdfs[name], trusted)),
    }
    return told | _verapdf(sorted(pdfs), folder)


def _share(pdfs: Mapping[str, bytes], accepts: Callable[[str], bool | None]) -> str:
    said = [accepts(name) for name in pdfs]
    if None in said:
        return "not installed"
    return f"{said.count(True)}/{len(said)}"


def _program(name: str, option: str, file: Path) -> bool | None:
    path = shutil.which(name)
    if path is None:
        return None
    done = subprocess.run(  # noqa: S603 - a fixed program and our own file
        [path, option, str(file)], capture_output=True, check=False, text=True
    )
    if name == "pdfsig":
        return done.returncode == 0 and "Signature is Valid" in done.stdout
    return done.returncode == 0


def _pyhanko(pdf: bytes, trusted: x509.Certificate) -> bool:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    status = validate_pdf_signature(signature, context)
    return status.bottom_line and status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def _verapdf(names: list[str], folder: Path) -> dict[str, str]:
    missing = missing_of_verapdf()
    if missing:
        said = f"not installed: {', '.join(missing)}"
        return {"verapdf_3a": said, "verapdf_ua1": said}
    lines = verapdf(*(f"{name}.pdf" for name in names), cwd=folder)
    return {
        f"verapdf_{flavour}": f"{_passes(lines, flavour)}/{len(names)}" for flavour in ("3a", "ua1")
    }


def _passes(lines: list[str], flavour: str) -> int:
    return sum(line.split()[1:] == [flavour, "PASS"] for line in lines)
