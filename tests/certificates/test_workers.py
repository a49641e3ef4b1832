import datetime as dt
import io
import os
import resource
import signal
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates.checking import Limits
from certificates.errors import CertificateError, ErrorCode
from certificates.results import MadeCertificate
from certificates.verdicts import Inspection, Integrity, IssuerTrust
from certificates.worker import allow_seconds, serve
from certificates.worker_protocol import answer, question, read_answer
from certificates.workers import Allowance, Inspectors
from tests.certificates import tampering
from tests.certificates.builders import NOON, Office

# On a busy machine a process may take long to start; nothing here is about that.
PATIENT = Allowance(wall_seconds=60.0)


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


def bomb() -> bytes:
    """A cross-reference stream that unpacks to 150 MB."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(150)) + packer.flush()
    head = b"%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 1/W[1 2 1]/Root 1 0 R/Filter/FlateDecode"
    body = head + b"/Length %d>>" % len(packed) + b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    return body + b"startxref\n9\n%%EOF\n"


def test_a_process_gives_the_same_verdicts_as_the_library(
    inspectors: Inspectors, made: MadeCertificate
) -> None:
    assert look(inspectors, made.pdf) == Inspection(
        integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED
    )
    broken = tampering.flipped(made.pdf, made.pdf.index(b"stream\n") + 40)
    assert look(inspectors, broken).integrity is Integrity.SIGNATURE_BROKEN
    assert look(inspectors, b"%PDF-1.7 nothing").integrity is Integrity.UNREADABLE
    assert look(inspectors, b"").integrity is Integrity.UNREADABLE


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


def test_a_process_has_its_limits(inspectors: Inspectors, made: MadeCertificate) -> None:
    look(inspectors, made.pdf)
    (pid,) = children()
    limits = {
        line[:25].strip(): line[26:].split()
        for line in Path(f"/proc/{pid}/limits").read_text().splitlines()
    }
    assert limits["Max address space"][0] == str(512 * 1024 * 1024)
    assert limits["Max file size"][0] == "0"
    assert limits["Max processes"][0] == "0"
    assert int(limits["Max cpu time"][0]) < 60


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


def test_a_decompression_bomb_ends_in_a_refusal(
    inspectors: Inspectors, made: MadeCertificate
) -> None:
    found = look(inspectors, bomb())
    assert found.integrity in {Integrity.UNREADABLE, Integrity.TOO_COSTLY}
    assert look(inspectors, made.pdf).integrity is Integrity.INTACT


@pytest.mark.parametrize(
    "allowance",
    [Allowance(memory=40 * 1024 * 1024), Allowance(wall_seconds=0.01)],
    ids=["memory", "time"],
)
def test_what_exceeds_its_allowance_is_too_costly(
    office: Office, made: MadeCertificate, allowance: Allowance
) -> None:
    before = children()
    with Inspectors(roots=[office.pki.root_pem()], allowance=allowance) as strict:
        assert look(strict, made.pdf).integrity is Integrity.TOO_COSTLY
        assert children() == before


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


def test_a_worker_answers_each_question_and_sets_its_limits(
    office: Office, made: MadeCertificate
) -> None:
    head = {
        "roots": [office.pki.root_pem().decode()],
        "memory": 7,
        "seconds": 9,
        "now": NOON.isoformat(),
        "pages": 20,
        "size": len(made.pdf),
    }
    stream = TwoWay((question(head) + made.pdf) * 2 + b"\0")
    memory: list[int] = []
    seconds: list[int] = []
    serve(stream, restrict=memory.append, allow_seconds=seconds.append)
    assert [read_answer(line).integrity for line in stream.answers] == [Integrity.INTACT] * 2
    assert (memory, seconds) == ([7], [9, 9])


def test_a_worker_without_questions_ends() -> None:
    memory: list[int] = []
    serve(TwoWay(b""), restrict=memory.append, allow_seconds=memory.append)
    assert memory == []


def test_processor_time_is_granted_on_top_of_what_was_used() -> None:
    before = resource.getrlimit(resource.RLIMIT_CPU)
    allow_seconds(100_000)
    granted = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, before)
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
