"""What moves in the fleet: orders, consumers, log lines, executions, health and alarms."""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from collections import deque

from moto.cloudwatch.models import cloudwatch_backends
from moto.elasticbeanstalk.models import eb_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import sqs_backends

from awstui.demo.extensions import elasticbeanstalk as beanstalk
from awstui.demo.extensions.sqs_receiving import held, set_source
from awstui.demo.extensions.stepfunctions import PastExecution
from awstui.demo.extensions.stepfunctions import machines as machine_backends
from awstui.demo.fleet import ACCOUNT, REGION, alarms, arn, log_groups, machines, messages
from awstui.demo.fleet.queues import put

DEAD_ORDERS_KEPT = 700
"""No more dead letters are made beyond this many."""

CONSUMED = {
    # queue: messages a consumer takes in a round, rounds it works on them
    "orders": (8, 2),
    "inventory": (6, 3),
    "invoices": (5, 2),
    "notifications": (5, 1),
    "payments.fifo": (2, 2),
    "loyalty-points": (4, 1),
    "search-index": (6, 1),
    "webhooks": (3, 2),
    "price-updates": (4, 1),
}

PAUSE = 15
"""Rounds for which a consumer rests, a third of the time, so that something waits."""

PILES = {"shipping": 120, "returns": 60, "clickstream-archive": 900, "webhooks-dlq": 60}
"""Queues that only grow, and how far."""


class Shop:
    """Customers: they order, pay, return, and click."""

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides who orders what."""
        self._chance = chance

    def __call__(self, number: int) -> None:
        """What customers do in a second."""
        chance = self._chance
        topics, queues = sns_backends[ACCOUNT][REGION], sqs_backends[ACCOUNT][REGION]
        event = {"event": {"Type": "String", "Value": "order-placed"}}
        for _ in range(chance.choices((0, 1, 2, 5), (40, 35, 20, 5))[0]):
            placed = json.dumps(messages.order(chance))
            topics.publish(placed, arn("sns", "order-events"), message_attributes=event)
        for topic in topics.topics.values():
            topic.sent_notifications.clear()
        if chance.random() < 0.5:
            charge = {"charge": f"ch_{chance.getrandbits(40):x}", "amount": chance.randint(5, 400)}
            customer = f"customer-{chance.randint(1, 9)}"
            queues.send_message("payments.fifo", json.dumps(charge), group_id=customer)
        if chance.random() < 0.2:
            reminder = json.dumps({"mail": "reminder", "customer": chance.randint(1000, 9999)})
            queues.send_message("notifications", reminder, delay_seconds=chance.randint(30, 240))
        for name, most in PILES.items():
            pile = queues.queues.get(name)
            if pile is not None and len(held(pile)) < most and chance.random() < 0.15:
                put(pile, chance, json.dumps(messages.order(chance)), time.time(), {})


class Consumers:
    """The functions behind the queues: they take, work, delete, and sometimes give up."""

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides what fails."""
        self._chance = chance
        self._working: dict[str, deque[tuple[int, str]]] = {name: deque() for name in CONSUMED}

    def __call__(self, number: int) -> None:
        """Finish what was begun some rounds ago, and begin more."""
        backend = sqs_backends[ACCOUNT][REGION]
        for place, (name, (most, rounds)) in enumerate(CONSUMED.items()):
            if name not in backend.queues:
                continue
            working = self._working[name]
            while working and working[0][0] <= number:
                self._finish(name, working.popleft()[1])
            if (number // PAUSE + place) % 3 == 0:
                continue
            depth = len(held(backend.queues[name]))
            for _ in range(1 + min(2, depth // 60)):
                taken = backend.receive_message(name, min(most, 10), 0, 45)
                due = number + rounds + self._chance.randint(0, 1)
                working.extend((due, m.receipt_handle) for m in taken if m.receipt_handle)

    def _finish(self, name: str, handle: str) -> None:
        backend = sqs_backends[ACCOUNT][REGION]
        try:
            backend.delete_message(name, handle)
        except ReceiptHandleIsInvalid:
            return  # purged or moved meanwhile
        dead = backend.queues.get("orders-dlq")
        if name == "orders" and dead is not None and self._chance.random() < 0.02:
            if len(held(dead)) >= DEAD_ORDERS_KEPT:
                return
            body, attributes = messages.failed_order(self._chance, time.time())
            message = put(dead, self._chance, body, time.time(), attributes)
            message.approximate_receive_count = 5
            set_source(message, arn("sqs", "orders"))


class Lines:
    """The functions write what they do."""

    KEPT = 1500
    ROUNDS_PER_STREAM = 600

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides who writes."""
        self._chance = chance

    def __call__(self, number: int) -> None:
        """A few calls in several groups."""
        backend, now = logs_backends[ACCOUNT][REGION], time.time()
        for name in log_groups.LIVELY:
            group = backend.groups.get(name)
            if group is None or self._chance.random() > 0.6:
                continue
            if number % self.ROUNDS_PER_STREAM == 0 or not group.streams:
                log_groups.new_stream(group, self._chance, dt.datetime.now(dt.UTC))
                for old in list(group.streams)[:-8]:
                    del group.streams[old]
            stream = log_groups.newest_stream(backend, name)
            log_groups.write(stream, now, log_groups.lines(name, self._chance, now))
            del stream.events[: -self.KEPT]


class Executions:
    """Orders are fulfilled: executions start, wait, and end."""

    KEPT = 200

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides how they end."""
        self._chance = chance
        self._plan = next(plan for plan in machines.PLANS if plan.name == "order-fulfilment")
        self._running: deque[tuple[int, PastExecution]] = deque()

    def __call__(self, number: int) -> None:
        """Start one now and then, and end those whose time has come."""
        backend = machine_backends[ACCOUNT][REGION]
        machine = next((m for m in backend.state_machines if m.name == self._plan.name), None)
        if machine is None:
            return
        now = dt.datetime.now(dt.UTC)
        while self._running and self._running[0][0] <= number:
            execution = self._running.popleft()[1]
            if execution.status == "RUNNING":  # else somebody stopped it
                status = self._chance.choices(("SUCCEEDED", "FAILED"), (88, 12))[0]
                machines.conclude(execution, self._plan, status, now)
        if number % 5 == 1:
            begun = machines.add_past(machine, self._plan, self._chance, "RUNNING", now)
            self._running.append((number + 30, begun))
        if len(machine.executions) > self.KEPT:
            ended = (one for one in machine.executions if one.status != "RUNNING")
            machine.executions.remove(next(ended))


class Health:
    """The shop gets better and worse: environments and alarms."""

    MOODS: tuple[tuple[str, list[str]], ...] = (
        ("Ok", []),
        ("Warning", ["2.1 % of the requests are failing with HTTP 5xx."]),
        ("Degraded", ["9.4 % of the requests are failing with HTTP 5xx."]),
    )

    def __init__(self, chance: random.Random) -> None:
        """``chance`` decides how good a moment is."""
        self._chance = chance

    def __call__(self, number: int) -> None:
        """Requests every round, a change of health or of an alarm now and then."""
        backend = eb_backends[ACCOUNT][REGION]
        for environment in backend.describe_environments():
            condition = beanstalk.condition_of(environment)
            if condition.requests:
                condition.requests = max(10, condition.requests + self._chance.randint(-40, 40))
                condition.errors = min(condition.errors, condition.requests // 4)
        if number % 30 == 20:
            self._change_environment()
        if number % 25 == 10:
            self._flip("orders-handler-errors")
        if number % 70 == 35:
            self._flip("payments-charge-slow")

    def _change_environment(self) -> None:
        backend = eb_backends[ACCOUNT][REGION]
        for environment in backend.describe_environments():
            if environment.environment_name != "shop-web-prod":
                continue
            old = environment.health_status
            status, causes = self._chance.choice([m for m in self.MOODS if m[0] != old])
            beanstalk.set_health(environment, status, list(causes))
            message = f"Environment health has transitioned from {old} to {status}. "
            worse = "INFO" if status == "Ok" else "WARN"
            beanstalk.tell(backend, environment, (message + " ".join(causes)).strip(), worse)

    def _flip(self, name: str) -> None:
        alarm = cloudwatch_backends[ACCOUNT][REGION].alarms.get(name)
        plan = next(plan for plan in alarms.PLANS if plan.name == name)
        if alarm is None:
            return
        state = "OK" if alarm.state_value == "ALARM" else "ALARM"
        away = self._chance.uniform(1, 20) * (1 if state == "ALARM" else -1)
        alarm.update_state(alarms.reason(plan, state, max(0.0, plan.above + away)), "{}", state)
