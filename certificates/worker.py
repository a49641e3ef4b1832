"""The process that parses uploads: `python -m certificates.worker`, its stdin a socket.

It is started without the caller's environment, so nothing secret is there to be found, limits its
own memory, files and processor time, and ends when the other side of the socket closes.
"""

import datetime as dt
import resource
import socket
import sys
from collections.abc import Callable
from typing import BinaryIO, cast

from certificates.checking import Limits
from certificates.inspection import PdfInspector
from certificates.worker_protocol import answer, read_question


def main() -> int:
    """Answer questions on the socket at file descriptor 0 until it closes."""
    with socket.socket(fileno=0) as link, link.makefile("rwb") as stream:
        serve(cast("BinaryIO", stream), restrict=restrict, allow_seconds=allow_seconds)
    return 0


def serve(
    stream: BinaryIO,
    *,
    restrict: Callable[[int], None],
    allow_seconds: Callable[[int], None],
) -> None:
    """Answer questions until the stream ends.

    Args:
        stream: of questions and answers.
        restrict: called once, before the first file, with the memory in bytes.
        allow_seconds: called before each file with its processor time.
    """
    head = read_question(stream)
    if head is None:
        return
    restrict(head["memory"])
    inspector = PdfInspector([root.encode() for root in head["roots"]])
    while head is not None:
        allow_seconds(head["seconds"])
        data = stream.read(head["size"])
        inspection = inspector.inspect(
            data,
            now=dt.datetime.fromisoformat(head["now"]),
            limits=Limits(bytes=head["size"], pages=head["pages"]),
        )
        stream.write(answer(inspection))
        stream.flush()
        head = read_question(stream)


def restrict(memory: int) -> None:
    """Limit this process for good: `memory` bytes of address space, no file grows, no child."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_seconds(seconds: int) -> None:
    """Let this process use that much more processor time; the kernel ends it beyond."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = usage.ru_utime + usage.ru_stime
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + 1 + seconds, hard))


if __name__ == "__main__":
    sys.exit(main())
