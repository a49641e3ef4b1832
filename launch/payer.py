"""Whoever pays the cash part of a fee on their phone: the sandbox's payment provider lets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import urllib3

from launch.errors import LaunchRefused

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 10.0
_PAID = 200


def pay_order(var: Path, order_id: str) -> None:
    """Pay an order at the provider that this launch has started.

    Args:
        var: folder of data and logs, where the launcher wrote down where payers pay.
        order_id: of the cash part.

    Raises:
        LaunchRefused: there is no such provider, or it does not take the payment.
    """
    try:
        told = json.loads((var / "payments" / "provider.json").read_text())
        with urllib3.PoolManager(retries=False, timeout=_SECONDS) as pool:
            answer = pool.request(
                "POST",
                f"{told['control']}/sandbox/payments",
                body=json.dumps({"order_id": order_id}),
                headers={
                    "Authorization": f"Bearer {told['token']}",
                    "Content-Type": "application/json",
                },
            )
    except (FileNotFoundError, urllib3.exceptions.HTTPError) as error:
        msg = "The cash part of a fee cannot be paid: no payment provider of this launch answers."
        raise LaunchRefused(msg) from error
    if answer.status != _PAID:
        msg = f"The payment provider does not take the payment: {answer.status}"
        raise LaunchRefused(msg)
