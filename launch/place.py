"""Where the private servers keep their data, sockets and, if need be, their binaries."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from launch.account import Account, server_account
from launch.errors import LaunchRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELSEWHERE = Path("/var/lib/zero-run")
"""Where root keeps the data of a checkout that the servers' account cannot enter."""
_LONGEST_SOCKET_PATH = 100
"""sockaddr_un holds 108 bytes on Linux and 104 on macOS, the final zero included."""
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]+")
"""What needs no quoting in a list of socket directories, in a libpq host or in a URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A directory that belongs to the servers, and the account they run under."""

    root: Path
    """Absolute and free of symbolic links."""
    account: Account

    def folder(self, name: str) -> Path:
        """Return a subdirectory that only the account (and root) may enter."""
        path = self.root / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.account.own(path)
        return path

    def socket_folder(self, name: str, *, longest_name: int) -> Path:
        """Return a private directory with a plain path that leaves room for a socket of that name.

        The folder itself, or a short one under the temporary directory, always the same one.

        Raises:
            LaunchRefused: somebody else has taken the short one.
        """
        folder = self.folder(name)
        length = len(os.fsencode(folder)) + 1 + longest_name
        if length <= _LONGEST_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(folder)):
            return folder
        # By account too: what root has left behind must not stand in a user's way.
        seed = os.fsencode(f"{self.account.uid}:{folder}")
        digest = hashlib.sha256(seed).hexdigest()[:16]
        return _private(_temporary() / f"zr-{digest}", self.account)

    def readable(self, program: Path, *, tree: Path, libraries: tuple[Path, ...] = ()) -> Path:
        """Return `program`, or a copy that the account can run if it cannot reach the original.

        Args:
            program: the executable, inside `tree`.
            tree: what it needs around it.
            libraries: siblings of `tree` that it also needs.
        """
        if self.account.can_use(program):
            return program
        stamp = f"{tree.resolve()}:{program.stat().st_mtime_ns}:{program.stat().st_size}"
        copies = self.root / f"bin-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
        if not copies.exists():
            _copy_all((tree, *libraries), copies)
        return copies / tree.name / program.relative_to(tree)


def server_place(var: Path) -> Place:
    """Find, or make, the servers' directory `<var>/servers`.

    When root starts them and their account cannot enter the checkout, it is a symbolic link to a
    directory of /var/lib: the link tells people and the next start where the data are.

    Raises:
        LaunchRefused: the data belong to somebody else.
    """
    link = var / "servers"
    if not link.exists() and not link.is_symlink():
        _make(link)
    if link.is_symlink() and not link.exists():
        # The link of a checkout that came from elsewhere, or whose data were removed.
        link.unlink()
        _make(link)
    root = link.resolve()
    if root.stat().st_uid != os.geteuid() and os.geteuid() != 0:
        msg = f"The servers' data in {root} belong to another account: run as it or as root."
        raise LaunchRefused(msg)
    account = server_account(owner_of=root)
    if not account.can_use(root):
        root = _move_out(link, account)
    return Place(root=root, account=account)


@contextlib.contextmanager
def passing_place() -> Iterator[Place]:
    """Make a servers' directory under the temporary directory and remove it at the end."""
    account = server_account()
    root = Path(tempfile.mkdtemp(prefix="zr-", dir=_temporary())).resolve()
    account.own(root)
    try:
        yield Place(root=root, account=account)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _make(link: Path) -> None:
    account = server_account()
    link.mkdir(parents=True, mode=0o700)
    account.own(link)


def _move_out(link: Path, account: Account) -> Path:
    _ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="servers-", dir=_ELSEWHERE))
    home.rmdir()
    shutil.move(link, home)
    account.own(home)
    link.symlink_to(home)
    print(f"The account {account.name} cannot enter {link.parent}: the servers' data are in {home}")
    return home


def _private(path: Path, account: Account) -> Path:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        account.own(path)
    found = path.lstat()
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
    if not private or found.st_uid != account.uid:
        msg = f"{path} is needed for sockets but is not a private directory of {account.name}."
        raise LaunchRefused(msg)
    return path


def _temporary() -> Path:
    given = Path(tempfile.gettempdir())
    # A temporary directory can itself be deep (macOS, test runners).
    return given if len(os.fsencode(given)) <= _LONGEST_SOCKET_PATH // 2 else Path("/tmp")  # noqa: S108


def _copy_all(sources: tuple[Path, ...], target: Path) -> None:
    partial = target.with_name(f"{target.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o755)
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, partial / source.name, symlinks=True)
    partial.rename(target)
