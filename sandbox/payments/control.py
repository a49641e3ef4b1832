"""The port of whoever runs the sandbox: faults, and the payer. No provider has such a thing."""

from __future__ import annotations

from sandbox.departments.office.reply import Reply, json_reply
from sandbox.departments.office.routes import Request, Route
from sandbox.payments.courier import Courier
from sandbox.payments.faults import FaultSwitch, parse_faults
from sandbox.payments.orders import Orders
from sandbox.payments.wishes import parse_payment

FAULTS_PATH = "/sandbox/faults"
PAYMENTS_PATH = "/sandbox/payments"
ORDERS_PATH = "/sandbox/orders"
DELIVERIES_PATH = "/sandbox/deliveries"
_MOST_BYTES = 4096


class Control:
    """Answers it."""

    def __init__(self, orders: Orders, *, courier: Courier, faults: FaultSwitch) -> None:
        """Take the orders, what brings webhooks, and the faults that are on."""
        self._orders = orders
        self._courier = courier
        self._faults = faults

    def routes(self) -> tuple[Route, ...]:
        """Return what can be asked."""
        return (
            Route(name="faults", method="GET", path=FAULTS_PATH, make=self._shown),
            Route(
                name="faults set",
                method="PUT",
                path=FAULTS_PATH,
                make=self._switched,
                most_bytes=_MOST_BYTES,
            ),
            Route(
                name="payment",
                method="POST",
                path=PAYMENTS_PATH,
                make=self._paid,
                most_bytes=_MOST_BYTES,
            ),
            Route(name="order shown", method="GET", path=f"{ORDERS_PATH}/*", make=self._order),
            Route(name="delivery", method="POST", path=DELIVERIES_PATH, make=self._delivered),
        )

    def _shown(self, _: Request) -> Reply:
        return json_reply(self._faults.current.members())

    def _switched(self, request: Request) -> Reply:
        self._faults.current = parse_faults(request.body)
        return json_reply(self._faults.current.members())

    def _paid(self, request: Request) -> Reply:
        return json_reply(self._orders.pay(parse_payment(request.body)))

    def _order(self, request: Request) -> Reply:
        return json_reply(self._orders.find(request.tail))

    def _delivered(self, _: Request) -> Reply:
        return json_reply({"waiting": self._courier.deliver()})
