"""The till's commands for the time without a network, and after it."""

import argparse
from collections.abc import Sequence
from datetime import datetime, timedelta

from sandbox.phone.http import Refused, UnreachableError
from sandbox.terminal.advice import advice
from sandbox.terminal.counter import DONE, REFUSED, Counter
from sandbox.terminal.desk import BY_CASHIER, BY_ITSELF, OfflineDesk
from sandbox.terminal.money import line, yuan
from sandbox.terminal.offline import NotServedError
from sandbox.terminal.sales import ACCEPTED, Sale
from sandbox.terminal.till import CHINA
from sandbox.terminal.verdicts import TOLD

_MINUTE = timedelta(minutes=1)


def offline(counter: Counter, chosen: argparse.Namespace) -> int:
    """Show how the till stands without a network, or change that."""
    desk = counter.desk
    if chosen.what == "on":
        desk.go_offline(BY_CASHIER)
        say_offline(desk)
        return DONE
    if chosen.what in {"off", "refresh"}:
        desk.refresh()
        if chosen.what == "off" and desk.mode is not None:
            desk.go_online()
            say_online(desk)
    status(desk)
    return DONE


def status(desk: OfflineDesk) -> None:
    """Say whether the till is offline, how old what it knows is, and what waits."""
    mode = desk.mode
    if mode is None:
        print("network     the system is asked")
    else:
        who = "by the cashier" if mode["by"] == BY_CASHIER else "no answer came"
        print(f"network     OFFLINE since {_time(datetime.fromisoformat(mode['since']))}, {who}")
    _say_knowledge(desk)
    waiting = desk.till.pending
    print(f"to upload   {len(waiting)}, {yuan(sum(one.amount_fen for one in waiting))}")


def _say_knowledge(desk: OfflineDesk) -> None:
    """Say how old keys and list are, and how long they are good for."""
    known, now = desk.till.known, desk.now()
    if not known.revocations.complete:
        print("knows       nothing yet: no code is served; `offline refresh` with a network")
    else:
        print(f"keys        fetched {_age(now - known.fetched_at)} ago")
        until = known.revocations.at + desk.till.delta_age
        state = "codes are served until" if now <= until else "TOO OLD since"
        age = _age(now - known.revocations.at)
        print(f"revoked     list of {age} ago; {state} {_time(until)}")


def admit(counter: Counter, code: str, purpose: str) -> int:
    """Check an offline code by what the till knows."""
    verdict = counter.desk.admit(code, purpose)
    print("offline     the code is good; without a network nobody sees whose it is")
    print(f"at most     {yuan(verdict.cap_fen or 0)} may be sold on it")
    return DONE


def basket(counter: Counter, items: Sequence[str]) -> int:
    """Add a basket up; who pays what is known later."""
    told = counter.desk.basket([line(item) for item in items])
    print(f"total       {yuan(told['total'])}  (at most {yuan(told['cap'])})")
    print("            who pays what is known after the upload")
    return DONE


def sell(counter: Counter) -> int:
    """Keep the sale."""
    taken = counter.desk.sell()
    print(f"kept        {taken.sale_id}  {yuan(taken.amount_fen)}")
    print(f"            upload it before {_time(taken.upload_until)} / 请在此前联网补传")
    return DONE


def sales(counter: Counter, chosen: argparse.Namespace) -> int:
    """List what was sold without a network."""
    listed = [one for one in counter.desk.till.sales if chosen.all or not _is_over(counter, one)]
    if not listed:
        print("sales       none")
        return DONE
    for one in listed:
        print(f"{one.taken.sale_id}  {yuan(one.taken.amount_fen):>9}  {_state(counter, one)}")
    return DONE


def upload(counter: Counter, chosen: argparse.Namespace) -> int:
    """Bring in what waits, say what became of each, and settle what was accepted if told to."""
    desk = counter.desk
    before = desk.till.pending
    try:
        desk.upload()
    finally:
        told = [desk.till.sales.find(one.sale_id) for one in before]
        judged = [one for one in told if one.outcome is not None]
        for one in judged:
            _tell(one)
        print(f"to upload   {len(desk.till.pending)}")
    settled = _settle(counter) if chosen.settle else DONE
    return REFUSED if any(one.verdict != ACCEPTED for one in judged) else settled


def say_offline(desk: OfflineDesk) -> None:
    """Tell the cashier that the till works without a network from now on."""
    waiting = len(desk.till.pending)
    print("OFFLINE     from now on only offline codes are served, by what the till knows")
    print("            已转入离线收银：仅受理离线码，联网后请补传")
    _say_knowledge(desk)
    if waiting:
        print(f"to upload   {waiting} / 待补传 {waiting} 笔")


def say_online(desk: OfflineDesk) -> None:
    """Tell the cashier that the system is asked again."""
    print("ONLINE      the system answers again / 已恢复联网")
    waiting = len(desk.till.pending)
    if waiting:
        print(f"to upload   {waiting} / 待补传 {waiting} 笔")


def lost(counter: Counter, error: UnreachableError) -> None:
    """Go offline by itself, and say so once."""
    print(f"no answer   {error}")
    if counter.desk.go_offline(BY_ITSELF):
        say_offline(counter.desk)


def not_served(error: NotServedError, language: str) -> None:
    """Say why a code is not served, and what to do."""
    told = TOLD[error.reason]
    print(f"refused     {error.reason.value}: {told.words(language)}  {told.action}")
    print(f"            {advice(told.action)}")


def action_of(error: NotServedError) -> str:
    """What the cashier does next."""
    return TOLD[error.reason].action


def add_offline(add: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Offer them."""
    words = "work without a network: status, on, off, refresh"
    changing = add.add_parser("offline", help=words, description=words)
    choices = ("status", "on", "off", "refresh")
    changing.add_argument("what", nargs="?", default="status", choices=choices)
    changing.set_defaults(command=offline)
    words = "list what was sold without a network"
    listing = add.add_parser("sales", help=words, description=words)
    listing.add_argument("--all", action="store_true", help="also what is over")
    listing.set_defaults(command=sales)
    words = "bring in what was sold without a network"
    bringing = add.add_parser("upload", help=words, description=words)
    bringing.add_argument("--settle", action="store_true", help="and settle what was accepted")
    bringing.set_defaults(command=upload)


def _settle(counter: Counter) -> int:
    """Settle each accepted sale; one that is refused does not keep the next from it."""
    code = DONE
    for sale in counter.desk.unsettled:
        sale_id = sale.taken.sale_id
        try:
            counter.cashier.quote(counter.desk.present(sale_id))
            outcome = counter.cashier.settle("till")
        except Refused as refused:
            print(f"{sale_id}  not settled: {refused}  {refused.action}")
            code = REFUSED
        else:
            split = outcome.reply["split"]
            settlement = outcome.reply["settlement_id"]
            print(f"{sale_id}  settled {settlement}  cash {yuan(split['cash'])}")
    return code


def _tell(sale: Sale) -> None:
    """Say what became of one."""
    outcome = sale.outcome or {}
    print(f"{sale.taken.sale_id}  {yuan(sale.taken.amount_fen):>9}  {sale.verdict}", end="  ")
    if sale.verdict == ACCEPTED:
        print(f"settle it until {_time(datetime.fromisoformat(outcome['expires_at']))}")
        return
    print(f"{outcome.get('detail') or ''}  {outcome.get('action') or ''}")
    print(f"            {advice(str(outcome.get('action')))}")


def _state(counter: Counter, sale: Sale) -> str:
    state = f"waits, upload before {_time(sale.taken.upload_until)}"
    if not sale.waits:
        settlement = counter.desk.settled(sale)
        state = f"settled {settlement}" if settlement else _judged(counter.desk, sale)
    elif sale.verdict:
        state = f"{state}; last time {sale.verdict}"
    return state


def _judged(desk: OfflineDesk, sale: Sale) -> str:
    if sale.verdict != ACCEPTED:
        return sale.verdict
    if desk.is_missed(sale):
        return "ACCEPTED, not settled in time: call the operator"
    until = datetime.fromisoformat((sale.outcome or {})["expires_at"])
    if desk.now() >= until:
        return f"ACCEPTED, upload again before {_time(sale.taken.upload_until)} to settle it"
    return f"ACCEPTED, settle it until {_time(until)}"


def _is_over(counter: Counter, sale: Sale) -> bool:
    return not sale.waits and (sale.verdict != ACCEPTED or counter.desk.settled(sale) is not None)


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _age(age: timedelta) -> str:
    hours, minutes = divmod(max(age, timedelta(0)) // _MINUTE, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
