"""The commands of docs/pharmacy.md for the time without a network do what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.phone.offline import OfflineWallet
from tests.app.card.steps import json_of
from tests.clients.test_till import CHECKOUT, Shop, shop

__all__ = ("shop",)

PAGE = (CHECKOUT / "docs" / "pharmacy.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## Without a network\n")[1].split("\n## ")[0]
PHONE, *BLOCKS = re.findall(r"```sh\n(.*?)```", SECTION, re.DOTALL)
TILL = re.findall(r"^till\(\) .*$", PAGE, re.MULTILINE)


@pytest.mark.timeout(300)  # a process for every command of the page
def test_the_documented_sale_without_a_network_is_settled(shop: Shop) -> None:
    _fill_wallet(shop, shop.folder / "wallet.json")
    told = "".join(_ran(shop, block) for block in BLOCKS)
    assert "keys        fetched 0 min ago" in told
    assert "OFFLINE     from now on only offline codes" in told
    assert "waits, upload before" in told
    assert "settled stl_" in told
    assert "1 settled, 0 given back" in told
    assert [one["total"] for one in shop.settlements()] == [30_00]


def _fill_wallet(shop: Shop, path: Path) -> None:
    """The first block, for which the page plays a whole face verification."""
    assert "--offline wallet.json" in PHONE
    wallet, keys = OfflineWallet(), OfflineWallet.new_keys(3)
    body = wallet.request(keys, device=shop.holder.thumbprint)
    answer = shop.holder.post("/v1/card/offline-credentials", json=body)
    wallet.accept(keys, json_of(answer))
    wallet.save(path)


def _ran(shop: Shop, block: str) -> str:
    """Run a block in a shell, each line of which has to succeed."""
    (till,) = TILL
    script = f"set -eu\nAPI={shop.api.world.settings.public_url}\n{till}\n{block}"
    programs = Path(sys.executable).parent
    done = subprocess.run(  # noqa: S603 - what our own page says
        ["/bin/bash", "-c", script],
        cwd=shop.folder,
        env={
            "PATH": f"{programs}:{os.defpath}",
            "PYTHONPATH": str(CHECKOUT),
            "LANG": "C.UTF-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    return done.stdout
