"""The process that has uploads parsed: `python -m certificates.worker`, its stdin a socket.

It is started without the caller's environment, so nothing secret is there to be found. It loads the
parsers once and parses nothing itself: each file gets a child of its own, which limits its memory,
files and processor time, speaks to nobody, and is gone afterwards whatever it did to itself. The
process ends when the other side of the socket closes.
"""

import datetime as dt
import gc
import math
import os
import resource
import select
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, cast

from certificates.checking import Limits
from certificates.inspection import PdfInspector
from certificates.verdicts import Inspection, Integrity
from certificates.worker_protocol import LONGEST_ANSWER, READY, answer, read_question, unpacked

_FORBIDDEN = frozenset(
    {
        *("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"),
        *("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"),
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"),
    }
)
"""Audit events (PEP 578). An event loop's own pair of sockets is not among them."""


def main() -> int:
    """Answer questions on the socket at file descriptor 0 until it closes."""
    gc.freeze()  # what is loaded by now stays shared with the children
    with socket.socket(fileno=0) as link, link.makefile("rwb") as stream:
        serve(cast("BinaryIO", stream), look=in_child)
    return 0


def serve(stream: BinaryIO, *, look: Callable[[Mapping[str, Any], bytes], bytes]) -> None:
    """Answer questions until the stream ends.

    Args:
        stream: of questions and answers.
        look: answers one, given its head and its file.
    """
    stream.write(READY)
    stream.flush()
    while (head := read_question(stream)) is not None:
        stream.write(look(head, stream.read(head["size"])))
        stream.flush()


def in_child(head: Mapping[str, Any], data: bytes) -> bytes:
    """Have a child inspect a file; whatever becomes of the child, there is an answer in time."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _answer_and_exit(head, data, writing)
    os.close(writing)
    try:
        answered, _, _ = select.select([reading], [], [], head["wall"])
        line = os.read(reading, LONGEST_ANSWER) if answered else b""
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return line or answer(Inspection(integrity=Integrity.TOO_COSTLY))


def inspected(head: Mapping[str, Any], data: bytes) -> bytes:
    """Inspect a file, here and now; return the answer."""
    inspector = PdfInspector([root.encode() for root in head["roots"]])
    return answer(
        inspector.inspect(
            data,
            now=dt.datetime.fromisoformat(head["now"]),
            limits=Limits(bytes=head["size"], pages=head["pages"], objects=head["objects"]),
            crls=unpacked(head["crls"]),
        )
    )


def restrict(memory: int) -> None:
    """Limit this process for good.

    Args:
        memory: bytes of address space. No file grows, no child is started, nobody is called.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(refuse_contact)


def refuse_contact(event: str, _: object) -> None:
    """Stop what a parser of files has no reason to do, whatever a file asks a library for.

    Raises:
        PermissionError: for a connection, a name look-up or a new process.
    """
    if event in _FORBIDDEN:
        msg = "an inspector speaks to nobody"
        raise PermissionError(msg)


def allow_seconds(seconds: float) -> None:
    """Let this process use that much more processor time; the kernel ends it beyond.

    A timer is exact; should a file's parser hang where signals do not reach, the limit in whole
    seconds follows.
    """
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds) + 1, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _answer_and_exit(head: Mapping[str, Any], data: bytes, writing: int) -> None:
    # No way leads back into the parent's loop, whatever happens: an exit without an answer counts
    # as a refusal.
    try:
        os.close(0)
        restrict(head["memory"])
        allow_seconds(head["seconds"])
        os.write(writing, inspected(head, data))
    finally:
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
