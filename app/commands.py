"""The operator's commands: `python -m app.commands <command>`; `--help` lists them."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Final

from app.audit.service import Actor
from app.core.clock import SystemClock
from app.core.errors import DomainError
from app.core.keys.errors import KeysUnusable
from app.core.keys.files import FileKeys
from app.core.keys.provider import SigningName
from app.core.logs import configure_logs
from app.core.migrations import migrate
from app.documents.models import REVOKED, SUPERSEDED, SUSPENDED, VALID
from app.documents.moves import REASONS
from app.identity.service.receipts import LASTS
from app.partners.errors import TERMINAL_KEYS_INVALID
from app.partners.service.onboarding import DECODE_SCOPE
from app.wiring.authority import REVOCATION_REASONS
from app.wiring.operations import OPERATOR_SCOPES, operations
from config import Settings, SettingsRefused

_SHORTEST_LOOK: Final = 0.1
_LONGEST_LOOK: Final = 3600.0
_PUBLISH_AHEAD: Final = timedelta(minutes=10)
_OVERLAP: Final[Mapping[SigningName, timedelta]] = {
    "access-token": timedelta(hours=1),
    "presence": timedelta(hours=1),
    "receipt": LASTS + timedelta(hours=1),
    "status-list": timedelta(hours=25),
    "webhook": timedelta(hours=1),
}
"""Longer than anything signed with the ring's keys is good for."""
_MOVES: Final[Mapping[str, str]] = {
    "suspend": SUSPENDED,
    "resume": VALID,
    "supersede": SUPERSEDED,
    "revoke": REVOKED,
}
_STAFF: Final = "工作人员 staff"
Command = Callable[[Settings, argparse.Namespace], object]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; prints its result as JSON. Exit codes: 0 done, 1 refused, 2 usage."""
    chosen = _parser().parse_args(arguments)
    command: Command = chosen.run
    try:
        settings = Settings.from_environment()
        # Standard output is the result's alone.
        configure_logs(level=settings.log_level, stream=sys.stderr)
        result = command(settings, chosen)
    except DomainError as refused:
        return _refused(f"{refused.kind.code}: {refused.kind.en}")
    except (SettingsRefused, KeysUnusable) as refused:
        return _refused(str(refused))
    print(json.dumps(result, ensure_ascii=False))  # noqa: T201
    return 0


def _refused(text: str) -> int:
    print(text, file=sys.stderr)  # noqa: T201 - speaks to the operator
    return 1


def _migrate(settings: Settings, _: argparse.Namespace) -> object:
    migrate(settings.database_url.get_secret_value())
    return {"migrated": True}


def _rotate_signing(settings: Settings, chosen: argparse.Namespace) -> object:
    keys = FileKeys(settings.keys_path, clock=SystemClock())
    ahead = timedelta(0) if chosen.at_once else _PUBLISH_AHEAD
    overlap = timedelta(0) if chosen.at_once else _OVERLAP[chosen.ring]
    kid = keys.rotate_signing(chosen.ring, publish_ahead=ahead, overlap=overlap)
    return {"ring": chosen.ring, "kid": kid}


def _rotate_fields(settings: Settings, _: argparse.Namespace) -> object:
    kid = FileKeys(settings.keys_path, clock=SystemClock()).rotate_secret("fields")
    with operations(settings) as work:
        return {"ring": "fields", "kid": kid, "resealed": work.reseal()}


def _rotate_certificates(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.rotate_signers()


def _revoke_signer(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.revoke_signer(chosen.certificate, reason=chosen.reason)


def _upgrade_certificates(settings: Settings, chosen: argparse.Namespace) -> object:
    stop = threading.Event()
    with operations(settings) as work, work.archiving() as archiving:
        if chosen.watch is None:
            return asdict(archiving.run()) | {"waiting": archiving.waiting()}
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        archiving.watch(stop, seconds=chosen.watch)
    return {"stopped": True}


def _reseal(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return {"resealed": work.reseal()}


def _sweep(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.sweep()


def _add_merchant(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return {"merchant_id": work.onboarding.add_merchant(name=chosen.name)}


def _add_terminal(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        client_id = work.onboarding.add_terminal(
            merchant_id=chosen.merchant,
            jwks=_public_keys(chosen.jwks),
            purposes=frozenset(chosen.purposes.split(",")),
            scopes=frozenset(chosen.scopes.split(",")),
        )
    return {"client_id": client_id}


def _seed_sandbox(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        certified = [] if chosen.requests is None else work.certify(Path(chosen.requests))
        return {"client_id": work.seed_sandbox(_public_keys(chosen.jwks)), "certified": certified}


def _suspend_terminal(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.onboarding.suspend(chosen.client)
    return {"suspended": chosen.client}


def _resume_terminal(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.onboarding.resume(chosen.client)
    return {"resumed": chosen.client}


def _add_operator(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        client_id = work.operators.add(
            name=chosen.name,
            jwks=_public_keys(chosen.jwks),
            scopes=frozenset(chosen.scopes.split(",")),
        )
    return {"client_id": client_id}


def _suspend_operator(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.operators.suspend(chosen.client)
    return {"suspended": chosen.client}


def _resume_operator(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.operators.resume(chosen.client)
    return {"resumed": chosen.client}


def _move_certificate(settings: Settings, chosen: argparse.Namespace) -> object:
    by = Actor(kind="staff", id=chosen.by, name=_STAFF)
    with operations(settings) as work:
        work.standing.move(chosen.certificate, to=chosen.to, reason=chosen.reason, by=by)
    return {"certificate": chosen.certificate, "state": chosen.to}


def _outbox(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        state = asdict(work.outbox.state())
    for letter in state["letters"]:
        letter["dead_at"] = letter["dead_at"].isoformat()
    return state


def _retry_message(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.outbox.revive(chosen.message)
    return {"due": chosen.message}


def _dispatch_outbox(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        if chosen.once:
            return {"tried": work.dispatch_due()}
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work.dispatch(stop, threads=chosen.threads, pull_seconds=chosen.pull_seconds)
    return {"stopped": True}


def _pull_changes(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.pull_changes()


def _compare_records(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return asdict(work.compare_records(most_ended=chosen.most_ended))


def _public_keys(path: str) -> list[dict[str, object]]:
    try:
        jwks = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        jwks = None
    keys = jwks.get("keys") if isinstance(jwks, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise TERMINAL_KEYS_INVALID()
    return keys


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.commands", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    add("migrate", _migrate, "bring the database to the newest schema")
    add("sweep", _sweep, "expire what is over: sessions, codes, keys of repeated writes")
    add("reseal", _reseal, "re-encrypt what older field keys sealed")
    add("rotate-fields", _rotate_fields, "make a new field key and reseal everything")
    rotate = add("rotate-signing", _rotate_signing, "announce a new signing key")
    rotate.add_argument("ring", choices=list(_OVERLAP))
    rotate.add_argument("--at-once", action="store_true", help="a stolen key: no overlap")
    add("rotate-certificates", _rotate_certificates, "new signing certificates for departments")
    _add_signers(add)
    _add_partners(add)
    _add_operators(add)
    seed = add("seed-sandbox", _seed_sandbox, "register the sandbox pharmacy once, by its keys")
    seed.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    seed.add_argument("--requests", help="folder of its PKI services' requests, to be certified")
    _add_certificates(add)
    _add_outbox(add)
    _add_lineage(add)
    return parser


def _add_partners(add: Callable[..., argparse.ArgumentParser]) -> None:
    merchant = add("add-merchant", _add_merchant, "register a pharmacy or hospital")
    merchant.add_argument("--name", required=True, help="what holders read in their access log")
    terminal = add("add-terminal", _add_terminal, "register a terminal by its public keys")
    terminal.add_argument("--merchant", required=True, help="merchant id")
    terminal.add_argument("--purposes", required=True, help="such as 02121,01301")
    terminal.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    terminal.add_argument(
        "--scopes", default=DECODE_SCOPE, help="such as card.decode,webhooks,certificates.follow"
    )
    suspend = add("suspend-terminal", _suspend_terminal, "stop a terminal at once")
    suspend.add_argument("client", help="its client id")
    resume = add("resume-terminal", _resume_terminal, "let a suspended terminal in again")
    resume.add_argument("client", help="its client id")


def _add_operators(add: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    operator = add("add-operator", _add_operator, "register an operator by its public keys")
    operator.add_argument("--name", required=True, help="of the person or the office")
    operator.add_argument(
        "--scopes", required=True, help=f"of: {','.join(sorted(OPERATOR_SCOPES))}"
    )
    operator.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    shut = add("suspend-operator", _suspend_operator, "stop an operator at once")
    shut.add_argument("client", help="its client id")
    open_again = add("resume-operator", _resume_operator, "let a suspended operator in again")
    open_again.add_argument("client", help="its client id")


def _add_signers(add: Callable[..., argparse.ArgumentParser]) -> None:
    revoke = add("revoke-signer", _revoke_signer, "revoke a signing certificate, for good")
    revoke.add_argument("certificate", help="SHA-256 of it, 64 hex digits")
    revoke.add_argument("--reason", required=True, choices=REVOCATION_REASONS)
    upgrade = add("upgrade-certificates", _upgrade_certificates, "give certificates a trusted time")
    upgrade.add_argument(
        "--watch", type=_seconds, metavar="SECONDS", help="go on, looking this often, until stopped"
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not _SHORTEST_LOOK <= seconds <= _LONGEST_LOOK:
        raise ValueError
    return seconds


def _add_certificates(add: Callable[..., argparse.ArgumentParser]) -> None:
    for verb, to in _MOVES.items():
        move = add(f"{verb}-certificate", _move_certificate, f"{verb} a certificate")
        move.set_defaults(to=to)
        move.add_argument("certificate", help="its id")
        move.add_argument("--reason", required=True, help=", ".join(sorted(REASONS[to])))
        move.add_argument("--by", required=True, help="opaque id of the member of staff")


def _add_lineage(add: Callable[..., argparse.ArgumentParser]) -> None:
    add("pull-changes", _pull_changes, "read on in the departments' feeds of changes")
    compare = add("compare-records", _compare_records, "ask departments anew about every record")
    compare.add_argument(
        "--most-ended", type=int, default=500, help="stop after ending so many certificates"
    )


def _add_outbox(add: Callable[..., argparse.ArgumentParser]) -> None:
    dispatch = add("dispatch-outbox", _dispatch_outbox, "tell holders and partners, until stopped")
    dispatch.add_argument("--once", action="store_true", help="handle what is due, then end")
    dispatch.add_argument("--threads", type=int, default=4, choices=range(1, 33), metavar="1-32")
    dispatch.add_argument(
        "--pull-seconds",
        type=int,
        default=30,
        choices=range(3601),
        metavar="0-3600",
        help="between two looks at the departments' changes; 0: none",
    )
    add("outbox", _outbox, "how the outbox stands, and what was given up")
    retry = add("retry-message", _retry_message, "try a message again that was given up")
    retry.add_argument("message", help="its id")


if __name__ == "__main__":
    sys.exit(main())
