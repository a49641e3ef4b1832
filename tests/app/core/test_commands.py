"""The operator's commands: one JSON object on standard output, or a refusal and exit code 1."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography import x509
from sqlalchemy import select, text

from app.commands import main
from app.core.clock import SystemClock
from app.core.keys.files import FileKeys
from app.documents.models import Certificate
from app.partners.models import Merchant, Operator, Terminal
from config import Settings
from launch.hospital import hospital_files
from launch.insurance import enrolment_file
from sandbox.pki.credentials import CredentialFile
from tests.app.device import public_jwk
from tests.app.identity.tokens import parts_of, refresh
from tests.app.world import World
from tests.fakes import FakeClock

_PDF = "application/pdf"
CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "VAR_DIR": str(settings.var_dir),
    }


@pytest.fixture
def here(
    world: World, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Commands of this process find the test's settings, and its empty database."""
    assert world.settings.keys_path.exists()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield
    structlog.reset_defaults()  # commands log to a standard error that is about to close


@pytest.fixture
def jwks(tmp_path: Path, world: World) -> Path:
    file = tmp_path / "jwks.json"
    file.write_text(json.dumps({"keys": [public_jwk(world.phone().key)]}), encoding="utf-8")
    return file


def run(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    """The result of a command that is done."""
    capfd.readouterr()
    assert main(words) == 0
    return json.loads(capfd.readouterr().out)


def refused(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """What the operator is told of a command that is refused."""
    capfd.readouterr()
    assert main(words) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    return told.err


def in_a_process(
    *words: str, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the program under test
        [sys.executable, "-m", "app.commands", *words],
        cwd=CHECKOUT,
        env=environment or {},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_help_lists_the_commands() -> None:
    told = in_a_process("--help")
    assert told.returncode == 0
    for name in ("migrate", "sweep", "reseal", "rotate-signing", "add-merchant", "add-terminal"):
        assert name in told.stdout


def test_an_unknown_command_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["no-such-command"])
    assert ended.value.code == 2


def test_wrong_settings_are_all_named_and_the_exit_code_is_1() -> None:
    told = in_a_process("migrate", environment={"DATABASE_URL": "hunter2", "FACE_WORKERS": "0"})
    assert (told.returncode, told.stdout) == (1, "")
    for name in ("DATABASE_URL", "REDIS_URL", "POPULATION_URL", "FACE_WORKERS"):
        assert name in told.stderr
    assert "hunter2" not in told.stderr
    assert "Traceback" not in told.stderr


def test_processes_that_migrate_at_once_do_it_once(environment: dict[str, str]) -> None:
    words = [sys.executable, "-m", "app.commands", "migrate"]
    both = [
        subprocess.Popen(words, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True)  # noqa: S603
        for _ in range(2)
    ]
    for process in both:
        out, _ = process.communicate(timeout=100)
        assert process.returncode == 0
        assert json.loads(out) == {"migrated": True}


@pytest.mark.usefixtures("here")
def test_a_merchant_and_its_terminal_are_registered(
    capfd: pytest.CaptureFixture[str], world: World, jwks: Path
) -> None:
    named = ("--name", "康民大药房", "--kind", "clinic", "--region", "990100")
    merchant = run(capfd, "add-merchant", *named)["merchant_id"]
    words = ("--merchant", merchant, "--purposes", "02121,01301", "--jwks", str(jwks))
    client = run(capfd, "add-terminal", *words)["client_id"]

    with world.database.separate() as tx:
        terminal = tx.scalars(select(Terminal)).one()
        found = tx.scalars(select(Merchant)).one()
    assert (found.name, found.kind, found.region) == ("康民大药房", "clinic", "990100")
    assert terminal.id == client
    assert terminal.purposes == ["01301", "02121"]


@pytest.mark.usefixtures("here")
def test_a_merchant_is_stopped_with_its_terminals_and_let_in_again(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    till = world.phone()
    client = world.onboard(till)
    (merchant,) = world.merchants.values()
    assert run(capfd, "suspend-merchant", merchant) == {"suspended": merchant}
    assert till.form("/oauth/token", world.login_form(till, client)).status_code == 401
    assert run(capfd, "resume-merchant", merchant) == {"resumed": merchant}
    assert till.form("/oauth/token", world.login_form(till, client)).status_code == 200


@pytest.mark.usefixtures("here")
def test_a_terminals_keys_and_purposes_are_changed(
    capfd: pytest.CaptureFixture[str], world: World, jwks: Path
) -> None:
    client = world.onboard(world.phone())
    with world.database.separate() as tx:
        (old,) = tx.scalars(select(Terminal.jwks)).one()
    (new,) = run(capfd, "add-terminal-key", client, "--jwks", str(jwks))["added"]
    run(capfd, "remove-terminal-key", client, f"--kid={old['kid']}")
    run(capfd, "set-purposes", client, "--purposes", "01301")
    with world.database.separate() as tx:
        terminal = tx.scalars(select(Terminal)).one()
    assert ([key["kid"] for key in terminal.jwks], terminal.purposes) == ([new], ["01301"])
    last = refused(capfd, "remove-terminal-key", client, f"--kid={new}")
    assert "TERMINAL_LAST_KEY" in last


@pytest.mark.usefixtures("here")
def test_a_terminal_is_stopped_and_let_in_again(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    till = world.phone()
    client = world.onboard(till)
    assert run(capfd, "suspend-terminal", client) == {"suspended": client}
    assert till.form("/oauth/token", world.login_form(till, client)).status_code == 401
    assert run(capfd, "resume-terminal", client) == {"resumed": client}
    assert till.form("/oauth/token", world.login_form(till, client)).status_code == 200


@pytest.mark.usefixtures("here")
def test_codes_are_printed_into_a_new_file_and_ended(
    capfd: pytest.CaptureFixture[str],
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = world.register("欧阳修")
    world.sign_in(world.phone(), number=number, name="欧阳修")
    person, page = {"citizen_number": number, "name": "欧阳修"}, tmp_path / "sheet.svg"
    words = ("--purpose", "02121", "--count", "3", "--amount-cap", "20000", "--by", "s-1")
    monkeypatch.setattr("sys.stdin", StringIO(json.dumps(person)))
    printed = run(capfd, "print-paper-codes", *words, "--output", str(page))
    assert (printed["codes"], page.stat().st_mode & 0o777) == (3, 0o600)
    assert page.read_text(encoding="utf-8").count("<path") == 3
    ended = run(capfd, "revoke-paper-codes", printed["sheet_id"], "--by", "s-1")
    assert ended["revoked"] == 3
    with pytest.raises(SystemExit):  # not over a file that is there
        main(["print-paper-codes", *words, "--output", str(page)])
    monkeypatch.setattr("sys.stdin", StringIO("{}"))
    other = ("--output", str(tmp_path / "other.svg"))
    assert "PAPER_PERSON_UNKNOWN" in refused(capfd, "print-paper-codes", *words, *other)


@pytest.mark.usefixtures("here")
def test_an_operator_is_registered_stopped_and_let_in_again(
    capfd: pytest.CaptureFixture[str], world: World, jwks: Path
) -> None:
    words = ("--name", "值班", "--scopes", "sources.read,contracts.reload", "--jwks", str(jwks))
    client = run(capfd, "add-operator", *words)["client_id"]
    with world.database.separate() as tx:
        operator = tx.scalars(select(Operator)).one()
    assert (operator.id, operator.scopes) == (client, ["contracts.reload", "sources.read"])
    assert run(capfd, "suspend-operator", client) == {"suspended": client}
    assert run(capfd, "resume-operator", client) == {"resumed": client}
    wrong = ("--name", "值班", "--scopes", "everything", "--jwks", str(jwks))
    assert "OPERATOR_SCOPES_INVALID" in refused(capfd, "add-operator", *wrong)


@pytest.mark.usefixtures("here")
def test_the_sandbox_is_seeded_once(capfd: pytest.CaptureFixture[str], jwks: Path) -> None:
    first = run(capfd, "seed-sandbox", "--jwks", str(jwks))
    assert run(capfd, "seed-sandbox", "--jwks", str(jwks)) == first


@pytest.mark.usefixtures("here")
def test_the_sandboxs_pharmacy_of_an_older_launch_may_settle_after_this_one(
    capfd: pytest.CaptureFixture[str], world: World, jwks: Path
) -> None:
    words = ("--purposes", "02121", "--jwks", str(jwks), "--scopes", "card.decode")
    merchant = run(capfd, "add-merchant", "--name", "平安大药房")["merchant_id"]
    older = run(capfd, "add-terminal", "--merchant", merchant, *words)["client_id"]
    assert run(capfd, "seed-sandbox", "--jwks", str(jwks))["client_id"] == older
    with world.database.separate() as tx:
        assert tx.get_one(Terminal, older).scopes == ["card.decode", "settlement"]


@pytest.mark.usefixtures("here")
def test_the_sandboxs_citizens_are_enrolled_once(
    capfd: pytest.CaptureFixture[str], jwks: Path, tmp_path: Path
) -> None:
    everybody = enrolment_file(tmp_path).read_text(encoding="utf-8").splitlines(keepends=True)
    few = tmp_path / "few.ndjson"
    few.write_text("".join(everybody[:5]), encoding="utf-8")
    seed = ("seed-sandbox", f"--jwks={jwks}", f"--enrolments={few}")
    first = run(capfd, *seed)["enrolments"]
    again = run(capfd, *seed)["enrolments"]
    assert (first["enrolled"], first["refused"], first["credited_fen"] > 0) == (5, 0, True)
    assert (again["unchanged"], again["refused"], again["credited_fen"]) == (5, 0, 0)


@pytest.mark.usefixtures("here")
def test_what_cannot_be_registered_is_refused_in_words(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, jwks: Path
) -> None:
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    (tmp_path / "texts.json").write_text('{"keys": ["x"]}', encoding="utf-8")
    for name in ("absent.json", "broken.json", "list.json", "texts.json"):
        told = refused(capfd, "seed-sandbox", "--jwks", str(tmp_path / name))
        assert told.startswith("TERMINAL_KEYS_INVALID: Register")
        assert str(tmp_path) not in told

    wrong = ("--purposes", "99999", "--jwks", str(jwks))
    assert "TERMINAL_PURPOSES" in refused(capfd, "add-terminal", "--merchant", "mer_x", *wrong)
    right = ("--purposes", "02121", "--jwks", str(jwks))
    assert "MERCHANT_UNKNOWN" in refused(capfd, "add-terminal", "--merchant", "mer_x", *right)
    assert "MERCHANT_NAME_MISSING" in refused(capfd, "add-merchant", "--name", " ")
    assert "TERMINAL_UNKNOWN" in refused(capfd, "suspend-terminal", "trm_x")


@pytest.mark.usefixtures("here")
def test_a_rotated_signing_key_is_announced_first_unless_it_must_be_at_once(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    phone = world.citizen()
    announced = run(capfd, "rotate-signing", "access-token")["kid"]
    assert kid_of(refresh(phone).json["access_token"]) != announced
    at_once = run(capfd, "rotate-signing", "access-token", "--at-once")["kid"]
    assert at_once != announced


@pytest.mark.usefixtures("here")
def test_what_signed_receipts_stays_published_as_long_as_they_count(
    capfd: pytest.CaptureFixture[str], settings: Settings
) -> None:
    now = FakeClock(SystemClock().now())  # as the command's own clock
    ring = FileKeys(settings.keys_path, clock=now).signing("receipt")
    old = ring.active.kid
    run(capfd, "rotate-signing", "receipt")

    now.advance(days=3 * 365)
    assert ring.find(old) is not None
    now.advance(days=1)
    assert ring.find(old) is None


def kid_of(token: str) -> str:
    return str(parts_of(token)[0]["kid"])


@pytest.mark.usefixtures("here")
def test_field_keys_are_rotated_and_everything_resealed(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    phone = world.citizen()
    before = phone.get("/v1/me").json
    told = run(capfd, "rotate-fields")
    assert told["ring"] == "fields"
    assert told["resealed"] >= 2
    assert run(capfd, "reseal") == {"resealed": 0}
    assert phone.get("/v1/me").json == before


@pytest.mark.usefixtures("here")
def test_new_signing_certificates_leave_old_documents_valid(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    before, after = world.citizen("张伟"), world.citizen("王芳")
    wanted = {"type": "household_registration"}
    first = before.post("/v1/certificates", wanted).json["id"]
    rotated = run(capfd, "rotate-certificates")
    second = after.post("/v1/certificates", wanted).json["id"]
    with world.database.separate() as tx:
        signers = {row.id: row.signer for row in tx.scalars(select(Certificate))}
    assert signers[second] == rotated["public_security"] != signers[first]
    for holder, document in ((before, first), (after, second)):
        pdf = holder.get(f"/v1/certificates/{document}/pdf").data
        checked = world.client.post("/v1/certificate-checks", data=pdf, content_type=_PDF)
        assert checked.json["valid"] is True


@pytest.mark.usefixtures("here")
def test_a_revoked_signer_is_published_and_replaced(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    before, after = world.citizen("张伟"), world.citizen("王芳")
    wanted = {"type": "household_registration"}
    before.post("/v1/certificates", wanted)
    with world.database.separate() as tx:
        signer = tx.scalars(select(Certificate.signer)).one()
    told = run(capfd, "revoke-signer", signer, "--reason", "key_compromise")
    assert told["reason"] == "key_compromise"
    assert told["certificates_without_trusted_time"] == 1
    listed = x509.load_der_x509_crl(world.client.get("/v1/public/authorities/issuing/crl").data)
    assert [f"{one.serial_number:x}" for one in listed] == [told["serial"]]
    again = run(capfd, "revoke-signer", signer, "--reason", "superseded")
    assert (again["reason"], again["revoked_at"]) == ("key_compromise", told["revoked_at"])
    after.post("/v1/certificates", wanted)
    with world.database.separate() as tx:
        assert len(set(tx.scalars(select(Certificate.signer)))) == 2


@pytest.mark.usefixtures("here")
def test_a_signer_nobody_knows_is_not_revoked(capfd: pytest.CaptureFixture[str]) -> None:
    told = refused(capfd, "revoke-signer", "0" * 64, "--reason", "unspecified")
    assert told.startswith("SIGNER_UNKNOWN")


@pytest.mark.usefixtures("here")
def test_without_services_nothing_is_upgraded_and_it_is_said(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "TSA_URL" in refused(capfd, "upgrade-certificates")
    for name in ("TSA_URL", "OCSP_URL", "CRL_URLS"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert run(capfd, "upgrade-certificates")["waiting"] == 0
    (tmp_path / "roots.pem").write_text("none")
    monkeypatch.setenv("TSA_ROOTS", str(tmp_path / "roots.pem"))
    assert "TSA_ROOTS" in refused(capfd, "upgrade-certificates")


@pytest.mark.usefixtures("here")
def test_the_sandboxs_services_are_certified_with_its_pharmacy(
    capfd: pytest.CaptureFixture[str], jwks: Path, tmp_path: Path, world: World
) -> None:
    published = world.client.get("/v1/public/authorities/issuing/certificate").data
    issuing = x509.load_der_x509_certificate(published)
    for name in ("timestamp", "status"):
        CredentialFile(tmp_path, name)
    seed = ("seed-sandbox", f"--jwks={jwks}", f"--requests={tmp_path}")
    assert run(capfd, *seed)["certified"] == ["timestamp", "status"]
    first = (tmp_path / "timestamp.pem").read_bytes()
    assert run(capfd, *seed)["certified"] == ["timestamp", "status"]
    assert (tmp_path / "timestamp.pem").read_bytes() == first
    assert CredentialFile(tmp_path, "timestamp").credential().issuing == issuing


@pytest.mark.usefixtures("here")
def test_the_sweep_ends_what_is_over(capfd: pytest.CaptureFixture[str], world: World) -> None:
    world.citizen().post("/v1/card")
    with world.database.separate() as tx:
        tx.execute(text("UPDATE idempotency_keys SET expires_at = now() - interval '1 day'"))
    swept = run(capfd, "sweep")
    assert swept.keys() == {
        "verifications",
        "cards",
        "family",
        "capabilities",
        "kept_answers",
        "certificate_batches",
        "credentials",
        "idempotency_keys",
        "messages",
        "deliveries",
        "dead_letters",
        "webhook_secrets",
        "partner_events",
        "followers",
        "quotes",
        "lotteries_closed",
        "queue_tickets",
        "places_given_back",
        "hospitals_planned",
        "waitlist",
        "appointments",
        "clinic_sessions",
        "appointment_fees",
        "conduct_points",
    }
    assert swept["idempotency_keys"] >= 1
    assert run(capfd, "sweep")["idempotency_keys"] == 0


@pytest.mark.usefixtures("here")
def test_unusable_keys_are_refused_without_their_place(
    capfd: pytest.CaptureFixture[str], settings: Settings, world: World
) -> None:
    world.citizen()
    settings.keys_path.chmod(0o755)
    told = refused(capfd, "rotate-fields")
    assert told.splitlines()[-1] == "fields: directory_too_open"


@pytest.mark.usefixtures("here")
def test_without_a_database_a_command_is_refused_in_words(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://u:hunter2@127.0.0.1:1/d")
    for words in (("migrate",), ("sweep",), ("add-merchant", "--name", "x")):
        told = refused(capfd, *words)
        assert "UNAVAILABLE: The service is not available" in told
        assert "hunter2" not in told


@pytest.mark.usefixtures("here")
def test_add_hospital_adds_its_merchant_too(capfd: pytest.CaptureFixture[str]) -> None:
    words = ("add-hospital", "--name", "市中医院", "--region")
    added = run(capfd, *words, "990200")
    assert set(added) == {"hospital_id", "merchant_id"}
    assert "HOSPITAL_NAME_INVALID" in refused(capfd, *words, "99")
    again = ("--merchant", added["merchant_id"])
    assert "HOSPITAL_EXISTS" in refused(capfd, *words, "990200", *again)


@pytest.mark.usefixtures("here")
def test_the_sandboxs_hospital_is_registered_once_and_its_schedule_taken_again(
    capfd: pytest.CaptureFixture[str], world: World, tmp_path: Path
) -> None:
    files = hospital_files(tmp_path, now=SystemClock().now())
    first = run(capfd, *files.words)
    again = run(capfd, *files.words)
    assert (first["refused"], first["next_line"], first["updated"]) == ([], None, 0)
    assert first["created"] > 150
    assert (again["created"], again["updated"], again["refused"]) == (0, 0, [])
    assert again["unchanged"] == first["created"]
    assert (again["client_id"], again["hospital_id"]) == (first["client_id"], first["hospital_id"])
    with world.database.separate() as tx:
        terminal = tx.get_one(Terminal, first["client_id"])
    assert terminal.purposes == ["01101"]
    assert "hospital.desk" in terminal.scopes


@pytest.mark.usefixtures("here")
def test_a_code_for_a_browsers_key_is_made_and_ended(
    capfd: pytest.CaptureFixture[str], world: World
) -> None:
    client = world.onboard(world.phone())
    made = run(capfd, "enrol-key", client)
    assert made["client_id"] == client
    ended = {"revoked": made["enrolment"]}
    assert run(capfd, "revoke-enrolment", made["enrolment"]) == ended
    assert "ENROLMENT_CLIENT_UNKNOWN" in refused(capfd, "enrol-key", "trm_nobody")
