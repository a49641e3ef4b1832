"""What the till's program can do; each command takes a cashier and says what came of it.

`decode`, `quote` and `settle` are the same without a network (`offline_commands`).

Exit codes: 0 done, 1 refused, 2 not tried, 3 nobody knows yet (the book does: ``query``).
"""

import argparse
import json
import secrets
from pathlib import Path
from urllib.parse import urlencode

from sandbox.phone.http import Refused, UnreachableError
from sandbox.phone.keys import DeviceKey
from sandbox.terminal import offline_commands
from sandbox.terminal.advice import advice
from sandbox.terminal.counter import DONE, UNKNOWN, Command, Counter
from sandbox.terminal.money import NotAnItemError, line, yuan
from sandbox.terminal.once import HELD, Outcome
from sandbox.terminal.purchases import SCOPE
from sandbox.terminal.scanner import scan_file
from sandbox.terminal.table import columns, split_table

PURCHASE = "02121"


def new_key(counter: Counter, chosen: argparse.Namespace) -> int:
    """Write the public half of the till's key for the operator who registers it."""
    key = DeviceKey.from_pem(str(counter.cashier.book.till["key"]).encode())
    public = {**key.public_jwk(), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}
    chosen.jwks.write_text(json.dumps({"keys": [public]}))
    print(f"key         {key.thumbprint()}  public half in {chosen.jwks}")
    return DONE


def sign_in(counter: Counter, chosen: argparse.Namespace) -> int:
    """Fetch a token."""
    del chosen
    counter.cashier.sign_in()
    print(f"signed in   as {counter.cashier.book.till['client_id']}  ({SCOPE})")
    _keep_fresh(counter)
    return DONE


def decode(counter: Counter, chosen: argparse.Namespace) -> int:
    """Find out whose code it is; without a network, whether it is good."""
    code = chosen.code or scan_file(chosen.picture)
    if counter.desk.tries_network:
        try:
            shown = counter.cashier.decode(code, chosen.purpose)
        except UnreachableError as error:
            offline_commands.lost(counter, error)
            counter.desk.lost(code, error)
        else:
            print(f"holder      {shown.name} {shown.citizen_number}")
            print(f"presence    proved until {shown.expires_at}")
            _keep_fresh(counter)
            return DONE
    return offline_commands.admit(counter, code, chosen.purpose)


def scan(counter: Counter, chosen: argparse.Namespace) -> int:
    """Print what is on a picture, and use nothing up."""
    del counter
    print(scan_file(chosen.picture))
    return DONE


def quote(counter: Counter, chosen: argparse.Namespace) -> int:
    """Show what a basket costs whom; of a sale without a network, once it was accepted."""
    book = counter.cashier.book
    if chosen.sale:
        lines = counter.desk.present(chosen.sale)
    elif chosen.items and "offline" in (book.presence or {}):
        return offline_commands.basket(counter, chosen.items)
    else:
        lines = [line(item) for item in chosen.items]
    quoted = counter.cashier.quote(lines) if lines else counter.cashier.requote()
    print(split_table(quoted, counter.language))
    print(f"quote       {quoted['quote_id']}  until {quoted['expires_at']}")
    return DONE


def settle(counter: Counter, chosen: argparse.Namespace) -> int:
    """Settle the last quote; without a network, keep the sale."""
    if "offline" in (counter.cashier.book.quote or {}):
        return offline_commands.sell(counter)
    tell(counter.cashier.settle(chosen.cash))
    return DONE


def refund(counter: Counter, chosen: argparse.Namespace) -> int:
    """Give units of lines back, or everything."""
    if bool(chosen.units) == chosen.all:
        raise NotAnItemError("name lines as N or NxQUANTITY, or give --all")  # noqa: EM101, TRY003
    units = [_units(text) for text in chosen.units]
    tell(counter.cashier.refund(chosen.settlement, units))
    return DONE


def query(counter: Counter, chosen: argparse.Namespace) -> int:
    """Look a message up, or bring all open ones to their end."""
    if chosen.msgid:
        found = counter.cashier.message(chosen.msgid, fence=chosen.fence)
        for name in ("status", "fenced", "kind", "code", "settlement_id", "settlement_status"):
            if name in found:
                print(f"{name:<18}{found[name]}")
        return DONE
    resolved = counter.cashier.resolve()
    for one in resolved:
        refused_of(one) if isinstance(one, Refused) else tell(one)
    if not resolved:
        print("open        nothing")
    return DONE


def day_end(counter: Counter, chosen: argparse.Namespace) -> int:
    """Add the day up; with open messages, or some the system tells otherwise, it is not over."""
    cashier = counter.cashier
    cashier.resolve()
    day = cashier.day(chosen.day or cashier.today())
    print(f"day         {day.day}: {day.settlements} settled, {day.refunds} given back")
    print(columns([["", name, yuan(amount)] for name, amount in day.figures.items()]))
    for write in day.open:
        print(f"open        {write.msgid} {write.kind} since {write.at}")
    other = cashier.differences(day.day) if chosen.check else []
    for msgid in other:
        print(f"differs     {msgid}")
    waiting, unsettled = counter.desk.till.pending, counter.desk.unsettled
    if waiting or unsettled:
        print(f"offline     {len(waiting)} to upload, {len(unsettled)} to settle")
    for sale in counter.desk.missed:
        print(f"missed      {sale.taken.sale_id} was not settled in time: call the operator")
    return UNKNOWN if day.open or other or waiting or unsettled else DONE


def headers(counter: Counter, chosen: argparse.Namespace) -> int:
    """Print the headers of one call, for ``curl -H @-``: a proof is good for one."""
    token = chosen.token or counter.cashier.book.till.get("token")
    token = None if chosen.url.endswith("/oauth/token") else token
    print(f"DPoP: {counter.prover.proof(chosen.method, chosen.url, access_token=token)}")
    if token is not None:
        print(f"Authorization: DPoP {token}")
    return DONE


def form(counter: Counter, chosen: argparse.Namespace) -> int:
    """Print the form of a token request, for ``curl -d @-``: an assertion is good for one."""
    fields = {"grant_type": "client_credentials", "scope": chosen.scope}
    print(urlencode(fields | counter.assertions.fields()))
    return DONE


def msgid(counter: Counter, chosen: argparse.Namespace) -> int:
    """Print a fresh name for a message."""
    del counter, chosen
    print(secrets.token_hex(12))
    return DONE


def tell(outcome: Outcome) -> None:
    """Say what a write led to."""
    reply, kind = outcome.reply, outcome.write.kind
    split = reply.get("split", reply)
    if outcome.status == HELD:
        print(f"held        {reply['settlement_id']} until the customer has paid: query later")
    else:
        word = "settled" if kind == "settle" else "given back"
        print(f"{word:<11} {reply['settlement_id']}  {yuan(split['total'])}")
    print(f"msgid       {outcome.write.msgid}")
    print(f"cash        {yuan(split['cash'])}  (insurance {yuan(split['fund'])})")


def refused_of(refused: Refused) -> None:
    """Say what was refused, and what to do."""
    print(f"refused     {refused}  {refused.action}")
    print(f"            {advice(refused.action)}")


def _keep_fresh(counter: Counter) -> None:
    """Have keys and list at hand for the time without a network."""
    failed = counter.desk.keep_fresh()
    if failed is not None:
        print(f"offline     keys and list were not refreshed: {failed}")


def add_commands(add: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer all of them."""
    _plain(add, "new-key", new_key, "make the till's key").add_argument(
        "--jwks", type=Path, required=True, help="write the public half here"
    )
    _plain(add, "sign-in", sign_in, "fetch a token")
    _add_decode(add)
    quoting = _plain(add, "quote", quote, "show what a basket costs whom")
    quoting.add_argument("items", nargs="*", help="CODE@12.50 or BARCODEx2@12.50; none: again")
    quoting.add_argument("--sale", help="one without a network that was accepted, by its name")
    settling = _plain(add, "settle", settle, "settle the last quote")
    settling.add_argument("--cash", choices=("till", "provider"), default="till")
    giving = _plain(add, "refund", refund, "give units back")
    giving.add_argument("settlement")
    giving.add_argument("units", nargs="*", help="line N, or NxQUANTITY")
    giving.add_argument("--all", action="store_true", help="all that is left")
    asking = _plain(add, "query", query, "look a message up; none: all that are open")
    asking.add_argument("msgid", nargs="?")
    asking.add_argument("--fence", action="store_true", help="see to it that it never takes effect")
    ending = _plain(add, "day-end", day_end, "add the day up")
    ending.add_argument("--day", help="yyyy-MM-dd (today)")
    ending.add_argument("--check", action="store_true", help="compare each message with the system")
    offline_commands.add_offline(add)
    _add_curl(add)


def _add_decode(add: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    decoding = _plain(add, "decode", decode, "find out whose code it is")
    decoding.add_argument("--purpose", default=PURCHASE, help="(%(default)s: a pharmacy's)")
    code = decoding.add_mutually_exclusive_group(required=True)
    code.add_argument("--code", help="18 digits, typed; or an offline code")
    for name, what in (("--svg", "an SVG"), ("--image", "a camera's picture: PNG, JPEG")):
        code.add_argument(name, dest="picture", type=Path, help=what)


def _add_curl(add: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    calling = _plain(add, "headers", headers, "print one call's headers for curl -H @-")
    calling.add_argument("method")
    calling.add_argument("url")
    calling.add_argument("--token", help="(the one in the book)")
    asking = _plain(add, "form", form, "print a token request for curl -d @-")
    asking.add_argument("--scope", default=SCOPE)
    scanning = _plain(add, "scan", scan, "print the digits on a picture")
    scanning.add_argument("picture", type=Path)
    _plain(add, "msgid", msgid, "print a fresh name for a message")


def _plain(
    add: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    words: str,
) -> argparse.ArgumentParser:
    parser = add.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command)
    return parser


def _units(text: str) -> tuple[int, int]:
    """Read ``2`` or ``2x3``: line two, one unit or three."""
    n, _, quantity = text.partition("x")
    if not n.isdigit() or not (quantity or "1").isdigit():
        raise NotAnItemError(text)
    return int(n), int(quantity or 1)
