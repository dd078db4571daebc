"""The shop's functions, their versions and aliases, and the queues that feed them."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import zipfile
from dataclasses import dataclass

from moto.awslambda.models import LambdaBackend
from moto.awslambda.utils import get_backend
from moto.iam.models import iam_backends

from awstui.demo.fleet import ACCOUNT, REGION, ago, arn

ROLE = "shop-function"

SOURCE = '''"""{description}"""

import json


def handler(event, context):
    print(json.dumps({{"level": "INFO", "message": "got", "records": len(event.get("Records", []))}}))
    return {{"statusCode": 200, "function": "{name}"}}
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A function: its settings, how often it was published, and the queue that feeds it."""

    name: str
    description: str
    memory: int = 256
    timeout: int = 30
    runtime: str = "python3.13"
    versions: int = 1
    queue: str = ""
    batch: int = 10
    enabled: bool = True
    reserved: int | None = None


PLANS = (
    Plan(
        name="orders-handler",
        description="Takes orders from the queue and starts order-fulfilment",
        memory=512,
        versions=4,
        queue="orders",
    ),
    Plan(
        name="payments-charge",
        description="Charges cards, in order for each customer",
        timeout=60,
        versions=3,
        queue="payments.fifo",
        batch=1,
        reserved=20,
    ),
    Plan(
        name="shipping-label",
        description="Prints labels; its mapping was disabled by hand",
        queue="shipping",
        enabled=False,
    ),
    Plan(name="inventory-sync", description="Keeps stock in step", queue="inventory", versions=2),
    Plan(
        name="invoice-pdf",
        description="Draws invoices",
        memory=1024,
        queue="invoices",
        batch=5,
        runtime="python3.12",
    ),
    Plan(name="notify-customer", description="Mails customers", queue="notifications"),
    Plan(
        name="image-thumbnails",
        description="Makes thumbnails",
        memory=2048,
        timeout=900,
        queue="thumbnails",
        reserved=2,
    ),
    Plan(name="search-indexer", description="Feeds the search", queue="search-index", batch=100),
    Plan(name="webhook-sender", description="Calls partners", timeout=20, queue="webhooks"),
    Plan(name="api-checkout", description="POST /checkout", memory=512, timeout=10, versions=6),
    Plan(name="api-cart", description="GET and PUT /cart", timeout=10, versions=2),
    Plan(name="nightly-report", description="Sums up the day", timeout=900, runtime="nodejs22.x"),
    Plan(
        name="legacy-import",
        description="\x1b[2J\x1b]0;owned\x07 [bold]do not touch[/] \u202etxt.exe",
        runtime="python3.9",
    ),
)


def seed() -> None:
    """Make the functions, and the role they run as."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam_backends[ACCOUNT]["aws"].create_role(ROLE, policy, "/", None, "", {}, "3600")  # type: ignore[arg-type]
    backend = get_backend(ACCOUNT, REGION)
    for plan in PLANS:
        _make(backend, plan)


def _make(backend: LambdaBackend, plan: Plan) -> None:
    node = plan.runtime.startswith("node")
    backend.create_function(
        {
            "FunctionName": plan.name,
            "Runtime": plan.runtime,
            "Role": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
            "Handler": "index.handler" if node else "app.handler",
            "Code": {"ZipFile": base64.b64encode(_zipped(plan)).decode()},
            "Description": plan.description,
            "MemorySize": plan.memory,
            "Timeout": plan.timeout,
            "ReservedConcurrentExecutions": plan.reserved,
            "Environment": {"Variables": {"STAGE": "prod", "LOG_LEVEL": "INFO"}},
            "Tags": {"shop": "web"},
        }
    )
    function = backend.get_function(plan.name)
    changed = ago(days=2 + 7 * len(plan.name))
    for version in range(1, plan.versions + 1):
        function.code_or_config_updated = True  # else nothing is published
        published = backend.publish_version(plan.name, f"release {version}")
        if published is not None:
            days = 9 * (plan.versions - version)
            published.last_modified = _written(changed - dt.timedelta(days=days))
    function.last_modified = _written(changed)
    if plan.versions > 1:
        newest = str(plan.versions)
        routing = {"AdditionalVersionWeights": {newest: 0.1}}
        live = str(plan.versions - 1)
        backend.create_alias("live", plan.name, live, "what customers get", routing)  # type: ignore[arg-type]
        backend.create_alias("next", plan.name, newest, "the one after", {})  # type: ignore[arg-type]
    if plan.queue:
        backend.create_event_source_mapping(
            {
                "EventSourceArn": arn("sqs", plan.queue),
                "FunctionName": plan.name,
                "BatchSize": plan.batch,
                "Enabled": plan.enabled,
            }
        )


def _written(moment: dt.datetime) -> str:
    """As Lambda writes a moment."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000+0000"


def _zipped(plan: Plan) -> bytes:
    """The function's code as Lambda takes it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        if plan.runtime.startswith("node"):
            archive.writestr("index.mjs", "export const handler = async () => ({ done: true });\n")
        else:
            text = SOURCE.format(name=plan.name, description=plan.description.split("\x1b")[0])
            archive.writestr("app.py", text)
    return packed.getvalue()
