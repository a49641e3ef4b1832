"""The guide says what the code does: its table of codes, its addresses, its recipe."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from app.documents.wording import FINDINGS
from tests.app.device import Device
from tests.app.documents.people import issued, pdf_of
from tests.app.world import World
from tests.certificates import tampering
from tests.certificates.tools import needs

GUIDE = (Path(__file__).parents[3] / "docs" / "checking.md").read_text()


def section(part: str) -> str:
    return GUIDE.split(f"### `{part}`", 1)[1].split("\n### ", 1)[0]


def test_every_code_stands_in_the_guide_with_its_words() -> None:
    for part, codes in FINDINGS.items():
        rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", section(part), re.MULTILINE)
        assert rows == [(code, en, zh) for code, (zh, en) in codes.items()]


def test_every_address_in_the_guide_is_there(world: World) -> None:
    addresses = set(re.findall(r"`(/[a-z.-]+/[\w.-]+)`", GUIDE))
    assert len(addresses) == 3
    for address in addresses:
        assert world.client.get(address).status_code == 200


def followed(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Do what the recipe says."""
    recipe = re.search(r"```sh\n(pdfsig .*?)```", GUIDE, re.DOTALL)
    shell = shutil.which("sh")
    assert recipe is not None
    assert shell is not None
    return subprocess.run(  # noqa: S603 - the words of our own guide
        [shell, "-e", "-c", recipe[1]], cwd=folder, capture_output=True, check=False
    )


@needs("pdfsig")
@needs("openssl")
def test_the_recipe_with_other_peoples_tools_tells_good_from_bad(
    zhang: Device, world: World, tmp_path: Path
) -> None:
    pdf = pdf_of(zhang, issued(zhang))
    root = world.client.get("/.well-known/certificate-root.pem").data
    (tmp_path / "certificate-root.pem").write_bytes(root)
    (tmp_path / "certificate.pdf").write_bytes(pdf)
    good = followed(tmp_path)
    assert good.returncode == 0, good.stderr
    assert b"Total document signed" in good.stdout
    at = pdf.index(b"stream\n", pdf.index(b"/CMap")) + 40
    (tmp_path / "certificate.pdf").write_bytes(tampering.flipped(pdf, at))
    assert followed(tmp_path).returncode != 0
