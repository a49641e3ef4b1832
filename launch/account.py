"""The unprivileged account that servers run under when the launcher is root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from launch.errors import LaunchRefused

if TYPE_CHECKING:
    from pathlib import Path

_CANDIDATES = ("postgres", "nobody")


class Identity(TypedDict, total=False):
    """The arguments of `subprocess` that change who a child is."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who a server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> Identity:
        """Arguments for `subprocess`; empty when the account is the caller's own."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_use(self, path: Path) -> bool:
        """Tell whether the account may enter the directory, or run the file, at `path`.

        Asked of the system itself, by a child that is that account: mode bits do not tell all.
        """
        asked = subprocess.run(
            ["/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", str(path)],
            cwd="/",
            check=False,
            capture_output=True,
            **self.identity,
        )
        return asked.returncode == 0

    def own(self, path: Path) -> None:
        """Give `path` and all below it to the account."""
        if self.uid == os.geteuid():
            return
        os.chown(path, self.uid, self.gid, follow_symlinks=False)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(
                    os.path.join(folder, name),  # noqa: PTH118 - os.walk gives texts
                    self.uid,
                    self.gid,
                    follow_symlinks=False,
                )


def server_account(owner_of: Path | None = None) -> Account:
    """Choose who servers run as.

    Anyone but root starts them as themselves. Root starts them as the owner of the data that is
    already there (`owner_of`), else as postgres, else as nobody: PostgreSQL refuses to be root.

    Raises:
        LaunchRefused: root finds no account to step down to.
    """
    if os.geteuid() != 0:
        return _account(pwd.getpwuid(os.geteuid()))
    if owner_of is not None and owner_of.exists() and owner_of.stat().st_uid != 0:
        found = owner_of.stat()
        return Account(name=str(found.st_uid), uid=found.st_uid, gid=found.st_gid)
    for name in _CANDIDATES:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    msg = "There is no account named postgres or nobody that the servers could run under."
    raise LaunchRefused(msg)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
