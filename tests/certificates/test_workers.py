import dataclasses
import datetime as dt
import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from certificates.checking import Limits
from certificates.errors import CertificateError, ErrorCode
from certificates.results import MadeCertificate
from certificates.verdicts import Inspection, Integrity, IssuerTrust
from certificates.worker import allow_seconds, inspected, refuse_contact, serve
from certificates.worker_protocol import READY, answer, packed, question, read_answer, unpacked
from certificates.workers import Allowance, Inspectors
from tests.certificates import hostile, tampering
from tests.certificates.builders import NOON, Office

# On a busy machine a process may take long to start; nothing here is about that.
PATIENT = Allowance(cpu_seconds=20.0, wall_seconds=60.0, start_seconds=60.0)


@pytest.fixture(scope="module")
def inspectors(office: Office) -> Iterator[Inspectors]:
    with Inspectors(roots=[office.pki.root_pem()], workers=1, waiting=2, allowance=PATIENT) as some:
        yield some


def look(inspectors: Inspectors, data: bytes) -> Inspection:
    return inspectors.inspect(data, now=NOON, limits=Limits())


def children() -> list[int]:
    """The process ids of this process's inspectors."""
    found = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    own = [int(pid) for pid in found]
    return [pid for pid in own if b"certificates.worker" in commandline(pid)]


def commandline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_process_gives_the_same_verdicts_as_the_library(
    inspectors: Inspectors, made: MadeCertificate
) -> None:
    assert look(inspectors, made.pdf) == Inspection(
        integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED
    )
    broken = tampering.flipped(made.pdf, made.pdf.index(b"stream\n", made.pdf.index(b"/CMap")) + 40)
    assert look(inspectors, broken).integrity is Integrity.SIGNATURE_BROKEN
    assert look(inspectors, b"%PDF-1.7 nothing %%EOF").integrity is Integrity.UNREADABLE
    assert look(inspectors, b"").integrity is Integrity.TRUNCATED


def test_one_process_serves_many_files(inspectors: Inspectors, made: MadeCertificate) -> None:
    look(inspectors, made.pdf)
    before = children()
    for _ in range(3):
        look(inspectors, made.pdf)
    assert children() == before
    assert len(before) == 1


def test_a_process_knows_nothing_of_the_callers_environment(
    inspectors: Inspectors, made: MadeCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspectors.close()
    monkeypatch.setenv("DATABASE_URL", "a secret")
    look(inspectors, made.pdf)
    (pid,) = children()
    environment = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"secret" not in environment
    assert environment.rstrip(b"\0").split(b"\0")[0] == b"LANG=C.UTF-8"


def test_a_killed_process_costs_one_answer_and_no_more(
    inspectors: Inspectors, made: MadeCertificate
) -> None:
    look(inspectors, made.pdf)
    (pid,) = children()
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        os.sched_yield()
    assert look(inspectors, made.pdf).integrity is Integrity.TOO_COSTLY
    assert look(inspectors, made.pdf).integrity is Integrity.INTACT


def test_a_decompression_bomb_costs_its_own_answer_and_no_process(office: Office) -> None:
    strict = Allowance(cpu_seconds=0.3, wall_seconds=60, start_seconds=60)
    with Inspectors(roots=[office.pki.root_pem()], allowance=strict) as some:
        look(some, b"")
        before = children()
        assert look(some, hostile.unpacking_table()).integrity is Integrity.TOO_COSTLY
        assert children() == before


@pytest.mark.parametrize(
    "allowance",
    [Allowance(memory=40 * 1024 * 1024), Allowance(wall_seconds=0)],
    ids=["memory", "time"],
)
def test_what_exceeds_its_allowance_is_too_costly(
    office: Office, made: MadeCertificate, allowance: Allowance
) -> None:
    before = children()
    with Inspectors(roots=[office.pki.root_pem()], allowance=allowance) as strict:
        assert look(strict, made.pdf).integrity is Integrity.TOO_COSTLY
    assert children() == before


def test_a_process_that_hangs_is_replaced_at_once(office: Office, made: MadeCertificate) -> None:
    hasty = dataclasses.replace(PATIENT, wall_seconds=0)
    with Inspectors(roots=[office.pki.root_pem()], allowance=hasty) as some:
        some.prestart()
        look(some, made.pdf)
        (pid,) = (one._running[0].pid for one in some._all if one._running)
        os.kill(pid, signal.SIGSTOP)
        assert look(some, made.pdf).integrity is Integrity.TOO_COSTLY
        (new,) = (one._running[0].pid for one in some._all if one._running)
        assert new != pid


def test_more_callers_than_places_are_turned_away_at_once(
    office: Office, made: MadeCertificate
) -> None:
    with Inspectors(roots=[office.pki.root_pem()], workers=1, waiting=1, allowance=PATIENT) as few:
        look(few, made.pdf)
        (pid,) = children()[-1:]
        os.kill(pid, signal.SIGSTOP)
        results: list[Integrity] = []
        callers = [
            threading.Thread(target=lambda: results.append(look(few, made.pdf).integrity))
            for _ in range(2)
        ]
        for caller in callers:
            caller.start()
        refused: CertificateError | None = None
        while refused is None:
            if all(caller.is_alive() for caller in callers):
                refused = refusal(few, made.pdf)
        os.kill(pid, signal.SIGCONT)
        for caller in callers:
            caller.join()
    assert refused.code is ErrorCode.CHECKER_BUSY
    assert results == [Integrity.INTACT, Integrity.INTACT]


def refusal(inspectors: Inspectors, data: bytes) -> CertificateError:
    with pytest.raises(CertificateError) as refused:
        look(inspectors, data)
    return refused.value


def test_closing_leaves_no_process(office: Office, made: MadeCertificate) -> None:
    before = children()
    some = Inspectors(roots=[office.pki.root_pem()], allowance=PATIENT)
    look(some, made.pdf)
    assert len(children()) == len(before) + 1
    some.close()
    some.close()
    assert children() == before


def test_a_process_ends_by_itself_when_its_owner_is_gone(
    office: Office, made: MadeCertificate
) -> None:
    with Inspectors(roots=[office.pki.root_pem()], allowance=PATIENT) as some:
        look(some, made.pdf)
        running = some._all[0]._running
        assert running is not None
        process, link = running
        link.close()
        assert process.wait(timeout=30) == 0


class TwoWay(io.BytesIO):
    """Questions are read from the front; answers are kept apart."""

    def __init__(self, questions: bytes) -> None:
        super().__init__(questions)
        self.answers: list[bytes] = []

    def write(self, line: object) -> int:
        assert isinstance(line, bytes)
        self.answers.append(line)
        return len(line)


def head(office: Office, made: MadeCertificate, **changes: Any) -> dict[str, Any]:
    plain = {
        "roots": [office.pki.root_pem().decode()],
        "crls": [],
        "memory": 384 * 1024 * 1024,
        "seconds": 20,
        "wall": 60,
        "now": NOON.isoformat(),
        "pages": 20,
        "objects": 2000,
        "size": len(made.pdf),
    }
    return plain | changes


def test_a_worker_answers_each_question(office: Office, made: MadeCertificate) -> None:
    stream = TwoWay((question(head(office, made)) + made.pdf) * 2 + b"\0")
    serve(stream, look=inspected)
    ready, *answers = stream.answers
    assert ready == READY
    assert [read_answer(line).integrity for line in answers] == [Integrity.INTACT] * 2


def test_a_worker_without_questions_ends() -> None:
    stream = TwoWay(b"")
    serve(stream, look=inspected)
    assert stream.answers == [READY]


# Runs in a process of its own: this one has threads, which a fork would not take along.
CHILDREN = """
import json, sys
from certificates.worker import in_child
for head in json.load(sys.stdin):
    print(in_child(head, b"%PDF-1.7 nothing").decode().strip())
"""


def test_a_child_that_does_not_end_or_dies_is_an_answer_too(
    office: Office, made: MadeCertificate
) -> None:
    heads = [
        head(office, made),
        head(office, made, wall=0),
        head(office, made, roots=["none"]),
    ]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CHILDREN],
        check=True,
        env={},
        input=json.dumps(heads).encode(),
        capture_output=True,
    )
    found = [read_answer(line).integrity for line in done.stdout.splitlines()]
    assert found == [Integrity.TRUNCATED, *[Integrity.TOO_COSTLY] * 2]


def test_processor_time_is_granted_on_top_of_what_was_used() -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    allow_seconds(100_000)
    granted = resource.getrlimit(resource.RLIMIT_CPU)
    timer = signal.setitimer(signal.ITIMER_PROF, 0)
    resource.setrlimit(resource.RLIMIT_CPU, before)
    assert timer[0] == pytest.approx(100_000, abs=100)
    assert granted[0] > 100_000
    assert granted[1] == before[1]


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b'{"integrity":"FINE","issuer":"TRUSTED"}'])
def test_an_answer_is_two_known_words_or_none(line: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_answer(line)


def test_an_answer_reads_back() -> None:
    said = Inspection(integrity=Integrity.ENCRYPTED, issuer=IssuerTrust.UNKNOWN)
    assert read_answer(answer(said)) == said
    assert dt.datetime.fromisoformat(NOON.isoformat()) == NOON


def test_lists_travel_in_a_head_as_they_are() -> None:
    lists = [b"\x30\x00", bytes(range(256))]
    assert unpacked(json.loads(json.dumps(packed(lists)))) == lists


CONFINED = """
import os, socket, subprocess, sys
from certificates.worker import allow_seconds, restrict
restrict(384 * 1024 * 1024)
allow_seconds(5)
print(open("/proc/self/limits").read())
socket.socketpair()[0].close()
for contact in (
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: socket.getaddrinfo("example.invalid", 80),
    lambda: socket.socket().bind(("127.0.0.1", 0)),
    lambda: subprocess.run(["true"]),
    lambda: os.fork(),
):
    try:
        contact()
    except PermissionError:
        continue
    sys.exit(1)
"""


def test_what_inspects_a_file_has_limits_reaches_no_network_and_starts_no_process() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", CONFINED], check=True, env={}, capture_output=True, text=True
    )
    limits = {line[:25].strip(): line[26:].split() for line in done.stdout.splitlines()}
    assert limits["Max address space"][0] == str(384 * 1024 * 1024)
    assert limits["Max file size"][0] == "0"
    assert limits["Max processes"][0] == "0"
    assert limits["Max core file size"][0] == "0"
    assert int(limits["Max cpu time"][0]) < 60
    refuse_contact("open", ("a file",))
