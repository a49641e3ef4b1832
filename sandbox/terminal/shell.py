"""The till's interactive mode: the same commands line by line, and a sale from code to receipt."""

import argparse
import shlex
from collections.abc import Callable
from pathlib import Path

from codes.presentation import PREFIX
from sandbox.phone.http import Refused
from sandbox.terminal import commands, offline_commands
from sandbox.terminal.counter import DONE, REFUSED, Counter
from sandbox.terminal.money import NotAnItemError, line
from sandbox.terminal.offline import NotServedError
from sandbox.terminal.picture import UnreadablePictureError

_HELP = "sale, or a command as on the command line (help), or leave"
_LEAVE = {"leave", "exit", "quit"}

Ask = Callable[[str], str]
Parse = Callable[[list[str]], argparse.Namespace]
Run = Callable[[argparse.Namespace], int]


def shell(*, ask: Ask, parse: Parse, run: Run, prompt: Callable[[], str]) -> int:
    """Take lines until there are no more.

    Args:
        ask: shows a prompt and returns a line; EOFError ends the shell.
        parse: reads the words of a command; SystemExit if they are none.
        run: does it, and says what went wrong.
        prompt: what stands before each line: it says where there is no network.

    Returns:
        The exit code of the last command.
    """
    print(_HELP)
    code = DONE
    while True:
        try:
            words = shlex.split(ask(prompt()))
        except EOFError:
            return code
        except ValueError:
            print(_HELP)
            continue
        if words and words[0] in _LEAVE:
            return code
        if words:
            code = _one(words, ask, parse, run)


def _one(words: list[str], ask: Ask, parse: Parse, run: Run) -> int:
    if words == ["sale"]:
        chosen = argparse.Namespace(command=lambda at, _: sale(at, ask))
        return run(chosen)
    try:
        return run(parse(words))
    except SystemExit as stopped:
        return int(stopped.code or 0)


def sale(counter: Counter, ask: Ask) -> int:
    """Lead a cashier through one sale, and through what each refusal asks for.

    RESCAN begins with a new code; RETRY shows what it costs now and asks again; QUERY looks up;
    CANCEL and CONTACT end the sale. Only a "y" of the cashier's settles.
    """
    if not _scanned(counter, ask):
        return DONE
    items = _items(ask)
    if not items:
        return DONE
    chosen = argparse.Namespace(items=items, sale=None)
    commands.quote(counter, chosen)
    while ask("settle? y/n ").strip().lower() == "y":
        try:
            commands.settle(counter, argparse.Namespace(cash="till"))
        except Refused as refused:
            commands.refused_of(refused)
            if not _goes_on(refused, counter, ask, chosen):
                return REFUSED
        else:
            return DONE
    return DONE


def _goes_on(refused: Refused, counter: Counter, ask: Ask, basket: argparse.Namespace) -> bool:
    """Do what an action asks for; whether there is a quote to settle now."""
    if refused.action == "RESCAN" and not _scanned(counter, ask):
        return False
    if refused.action not in {"RESCAN", "RETRY"}:
        if refused.action == "QUERY":
            commands.query(counter, argparse.Namespace(msgid=None, fence=False))
        return False
    commands.quote(counter, basket)
    return True


def _scanned(counter: Counter, ask: Ask) -> bool:
    """Scan until a code is good; an empty line gives up."""
    while told := ask("code, or its picture: ").strip():
        typed = told.isdigit() or told.startswith(PREFIX)
        chosen = argparse.Namespace(
            code=told if typed else None,
            picture=None if typed else Path(told),
            purpose=commands.PURCHASE,
        )
        action = _refused(counter, chosen)
        if action is None:
            return True
        if action == "QUERY":
            commands.query(counter, argparse.Namespace(msgid=None, fence=False))
        elif action != "RESCAN":
            return False
    return False


def _refused(counter: Counter, chosen: argparse.Namespace) -> str | None:
    """Decode; return what to do if the code is refused, or None."""
    try:
        commands.decode(counter, chosen)
    except (UnreadablePictureError, OSError):
        print("scan        no code to be seen there")
        return "RESCAN"
    except NotServedError as error:
        offline_commands.not_served(error, counter.language)
        return offline_commands.action_of(error)
    except Refused as refused:
        commands.refused_of(refused)
        return refused.action
    return None


def _items(ask: Ask) -> list[str]:
    """Take items, one a line, until an empty one."""
    items: list[str] = []
    while told := ask("item (CODExQUANTITY@PRICE), empty: no more: ").strip():
        try:
            line(told)
        except NotAnItemError:
            print("            such as Z0103x2@12.50")
        else:
            items.append(told)
    return items
