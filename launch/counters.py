"""Codes by which a browser becomes the running system's till, hospital desk or operator.

`python -m launch code till` asks for one while another process serves: what that takes lies in a
file that only the launcher's user can read, for as long as the system runs.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from launch.errors import LaunchRefused
from launch.own_commands import own_command
from sandbox.phone.keys import DeviceKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COUNTERS: Final = {"till": "/terminal/", "desk": "/desk/", "operator": "/ops/"}
"""Who can be had, and where their page is."""
_OPERATOR: Final = "运行值班"
_MAY: Final = (
    "sources.read,queues.read,queues.retry,webhooks.read,webhooks.replay,"
    "verifications.read,reconciliation.read,partners.read"
)
_FILE: Final = "counters.json"


@contextlib.contextmanager
def open_counters(
    folder: Path, *, base_url: str, clients: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[None]:
    """Leave what a code takes, until the system stops.

    Args:
        folder: the sandbox's own (0700).
        base_url: where the API answers.
        clients: till and desk, by their client ids.
        environment: of the system's own commands; it may name passwords.
    """
    path = folder / _FILE
    told = {"base_url": base_url, "clients": dict(clients), "environment": dict(environment)}
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(json.dumps(told))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def code_for(counter: str, folder: Path) -> str:
    """A line with a code, good once within a quarter of an hour, and where to type it.

    Raises:
        LaunchRefused: nothing serves, or the till or desk has five keys already.
    """
    try:
        told = json.loads((folder / _FILE).read_text())
    except FileNotFoundError as error:
        msg = "Nothing serves here: start `make demo` or `make run` first."
        raise LaunchRefused(msg) from error
    environment = told["environment"]
    client = told["clients"].get(counter) or _new_operator(folder, environment)
    return f"{told['base_url']}{COUNTERS[counter]}   {_enrolled(client, environment)}"


def _new_operator(folder: Path, environment: Mapping[str, str]) -> str:
    """Register an operator for one browser; its first key is thrown away."""
    keys = folder / "operator.jwks.json"
    keys.write_text(json.dumps({"keys": [DeviceKey.generate().public_jwk()]}))
    words = ("--name", _OPERATOR, "--scopes", _MAY, "--jwks", str(keys))
    out = own_command("add-operator", *words, environment=environment)
    return str(json.loads(out.splitlines()[-1])["client_id"])


def _enrolled(client: str, environment: Mapping[str, str]) -> str:
    out = own_command("enrol-key", client, environment=environment)
    code = json.loads(out.splitlines()[-1])["code"]
    return f"enrolment code {code}, for 15 minutes"
