"""The contracts in force: folders of data, tried on their golden cases, read anew while running."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from app.exchange.contracts.contract import Contract
from app.exchange.contracts.golden import require_golden
from app.exchange.contracts.records import RecordSchema
from app.exchange.contracts.terms import read_terms
from app.exchange.errors import ContractRefused

HOME: Final = Path(__file__).with_name("data")


def read_contract(folder: Path) -> Contract:
    """Read one contract: contract.toml, record.json, golden/*.json.

    Raises:
        ContractRefused: something is missing or wrong, or a golden case comes out otherwise.
    """
    terms = read_terms(folder / "contract.toml")
    if terms.name != folder.name:
        raise ContractRefused(folder.name, "name: not the folder's")
    contract = Contract(terms=terms, schema=RecordSchema.read(folder / "record.json"))
    require_golden(contract, folder / "golden")
    return contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What became of one contract."""

    source: str
    contract: str
    """Title of the one in force now."""
    refused: str | None
    """Why what lies in its folder is not; None where it is."""


class ContractLibrary:
    """All contracts by source; thread-safe.

    At the start a contract that cannot be used stops everything. Later a reload takes what is
    good: where a folder is not, the contract that was in force stays, and the report says why.
    """

    def __init__(self, home: Path = HOME) -> None:
        """Read all.

        Raises:
            ContractRefused: one cannot be used, or two are of one source.
        """
        self._home = home
        self._lock = threading.Lock()
        self._active: Mapping[str, Contract] = MappingProxyType({})
        contracts = [read_contract(folder) for folder in self._folders()]
        self._active = _by_source(contracts)

    def contract(self, source: str) -> Contract:
        """The contract in force for a source.

        Raises:
            KeyError: there is none.
        """
        return self._active[source]

    def all(self) -> tuple[Contract, ...]:
        """All in force, by source."""
        return tuple(self._active[source] for source in sorted(self._active))

    def reload(self) -> tuple[Reloaded, ...]:
        """Read the folders again.

        Sources neither come nor go, nor change their way: connectors are made at the start.

        Returns:
            For each source, by name, what is in force now, and why a newer one is not.
        """
        with self._lock:
            fresh, refused = self._read_again()
            kept = {**self._active, **{one.source: one for one in fresh}}
            self._active = MappingProxyType(kept)
        return tuple(
            Reloaded(source=source, contract=one.title, refused=refused.get(one.terms.name))
            for source, one in sorted(kept.items())
        )

    def _read_again(self) -> tuple[list[Contract], dict[str, str]]:
        fresh: list[Contract] = []
        refused: dict[str, str] = {}
        for folder in self._folders():
            try:
                one = read_contract(folder)
            except ContractRefused as wrong:
                refused[folder.name] = wrong.reason
                continue
            before = self._active.get(one.source)
            if before is None:
                continue
            if _bound(before) == _bound(one):
                fresh.append(one)
            else:
                refused[folder.name] = "name, department and way change with a restart only"
        return fresh, refused

    def _folders(self) -> list[Path]:
        return sorted(path for path in self._home.iterdir() if path.is_dir())


def _by_source(contracts: list[Contract]) -> Mapping[str, Contract]:
    found: dict[str, Contract] = {}
    for contract in contracts:
        if contract.source in found:
            raise ContractRefused(contract.terms.name, "source: another contract has it")
        found[contract.source] = contract
    return MappingProxyType(found)


def _bound(contract: Contract) -> tuple[str, str, str]:
    """What a connector was made for."""
    return (contract.terms.name, contract.terms.department, contract.terms.way)
