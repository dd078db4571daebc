"""What people change in the fleet: releases, subscribers, weights, stacks, and files that come in."""

from __future__ import annotations

import datetime as dt
import json
import random

from moto.awslambda.utils import get_backend
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends
from moto.sns.models import sns_backends

from awstui.demo.extensions.cloudformation import past
from awstui.demo.fleet import ACCOUNT, REGION, arn, messages, uuid_of, zones

FUNCTION, TOPIC, QUEUE = "image-thumbnails", "returns-requested", "returns"
STACK = "shop-fulfilment-prod"
BUCKET = "shop-catalogue-imports-123456789012"

FILES_KEPT, EVENTS_KEPT = 60, 120
"""Files that came in, and events of the stack, beyond which the oldest go."""


class Deploys:
    """The shop's people at work: each service changes a little, now and then."""

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides what comes in."""
        self._chance = chance
        self._releases = 0

    def __call__(self, number: int) -> None:
        """One change or none."""
        match number % 20:
            case 2 | 12:
                self._import()
            case 5:
                self._release()
            case 8:
                self._shift_weights(number // 20)
            case 11:
                self._listen(number // 20)
            case 14:
                self._update_stack("UPDATE_IN_PROGRESS", "User Initiated")
            case 17:
                self._update_stack("UPDATE_COMPLETE", None)

    def _import(self) -> None:
        """A file with prices comes in."""
        backend = s3_backends[ACCOUNT]["aws"]
        if BUCKET not in backend.buckets:
            return
        body = json.dumps(messages.order(self._chance)).encode()
        now = dt.datetime.now(dt.UTC)
        name = f"incoming/{now:%H%M%S}-{uuid_of(self._chance)[:8]}.json"
        backend.put_object(BUCKET, name, body, disable_notification=True)
        keys = backend.buckets[BUCKET].keys
        mine = [key for key in keys if key.startswith("incoming/")]
        for key in mine[:-FILES_KEPT]:
            backend.delete_object(BUCKET, key)

    def _release(self) -> None:
        """A function has another version of its code."""
        function = get_backend(ACCOUNT, REGION).get_function(FUNCTION)
        self._releases += 1
        function.update_configuration({"Description": f"Makes thumbnails, build {self._releases}"})
        function.last_modified = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%S}.000+0000"

    def _shift_weights(self, turn: int) -> None:
        """The canary of the API gets more of the requests, or fewer."""
        backend = route53_backends[ACCOUNT]["aws"]
        zone = next(one for one in backend.zones.values() if one.name == zones.PUBLIC)
        canary = (10, 25, 50, 25)[turn % 4]
        share = {"live": str(100 - canary), "canary": str(canary)}
        records = [dict(r, Weight=share[r["SetIdentifier"]]) for r in zones.WEIGHTED]
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record} for record in records]
        backend.change_resource_record_sets(zone.id, changes)

    def _listen(self, turn: int) -> None:
        """A queue listens to the returns, or does not any more."""
        backend, topic = sns_backends[ACCOUNT][REGION], arn("sns", TOPIC)
        if topic not in backend.topics:
            return
        listening = [one.arn for one in backend.subscriptions.values() if one.topic.arn == topic]
        if turn % 2 == 0:
            backend.subscribe(topic, arn("sqs", QUEUE), "sqs")
        for subscription in listening if turn % 2 else ():
            backend.unsubscribe(subscription)

    def _update_stack(self, status: str, reason: str | None) -> None:
        """The stack of the fulfilment is updated."""
        if (stack := past.get(STACK)) is None:
            return
        stack.status, now = status, dt.datetime.now(dt.UTC)
        if status == "UPDATE_IN_PROGRESS":
            stack.updated = now
        else:
            stack.tell(stack.resources[0], status, now, None)
        stack.tell(None, status, now, reason)
        del stack.events[:-EVENTS_KEPT]
