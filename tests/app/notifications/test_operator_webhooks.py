"""Operators see which webhooks fail, and have what they missed sent again."""

from __future__ import annotations

from tests.app.device import Device
from tests.app.notifications.partners import Receiver, posted, told
from tests.app.notifications.test_dead_letters import gone, resumed
from tests.app.operators import operator_console
from tests.app.world import World

PATH = "/v1/operator/webhooks"


def test_a_disabled_webhook_is_seen_and_served_again_once_its_partner_resumed_it(
    lawyer: Device, receiver: Receiver, world: World
) -> None:
    console = operator_console(world, "webhooks.read", "webhooks.replay")
    assert console.get(PATH).json == {"items": []}
    hook_id = gone(lawyer, receiver, world)
    posted(world, n=1)
    told(world)

    (seen,) = console.get(PATH).json["items"]
    assert (seen["id"], seen["state"], seen["letters"]) == (hook_id, "DISABLED", 1)
    assert "url" not in seen
    refused = console.post(f"{PATH}/{hook_id}/replay")
    assert (refused.status_code, refused.json["code"]) == (409, "WEBHOOK_DISABLED")

    receiver.statuses = [200]
    resumed(lawyer, hook_id, receiver, world)
    assert console.post(f"{PATH}/{hook_id}/replay").json == {"replayed": 1, "more": False}
    told(world)
    assert len(receiver.calls) == 1
    assert console.get(PATH).json == {"items": []}


def test_reading_is_not_replaying(lawyer: Device, receiver: Receiver, world: World) -> None:
    hook_id = gone(lawyer, receiver, world)
    assert operator_console(world, "webhooks.read").post(
        f"{PATH}/{hook_id}/replay"
    ).status_code == (403)
    console = operator_console(world, "webhooks.replay")
    assert console.get(PATH).status_code == 403
    assert console.post(f"{PATH}/who_1/replay").status_code == 404
