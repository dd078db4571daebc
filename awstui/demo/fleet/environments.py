"""The shop's Elastic Beanstalk applications and environments, in each health."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from moto.elasticbeanstalk.models import EBBackend, Environment, eb_backends

from awstui.demo.extensions import beanstalk_options
from awstui.demo.extensions import elasticbeanstalk as beanstalk
from awstui.demo.fleet import ACCOUNT, REGION, ago, dice

PLATFORM = "64bit Amazon Linux 2023 v4.6.0 running Python 3.13"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An environment: what runs there and how it is."""

    name: str
    application: str
    version: str
    health: str = "Ok"
    status: str = "Ready"
    causes: tuple[str, ...] = ()
    instances: tuple[str, ...] = ("Ok", "Ok")
    requests: int = 1200
    errors: int = 2
    worker: bool = False


PLANS = (
    Plan(
        name="shop-web-prod",
        application="shop-web",
        version="web-2.41.0",
        health="Warning",
        causes=("2.1 % of the requests are failing with HTTP 5xx.",),
        instances=("Ok", "Ok", "Warning", "Ok"),
        requests=8421,
        errors=177,
    ),
    Plan(name="shop-web-staging", application="shop-web", version="web-2.42.0-rc1", requests=30),
    Plan(
        name="shop-web-canary",
        application="shop-web",
        version="web-2.42.0-rc1",
        health="Degraded",
        causes=(
            "Incorrect application version on 1 out of 2 instances. Expected version web-2.42.0-rc1.",
            "17.3 % of the requests are failing with HTTP 5xx.",
        ),
        instances=("Degraded", "Ok"),
        requests=410,
        errors=71,
    ),
    Plan(
        name="shop-admin-prod",
        application="shop-admin",
        version="admin-118",
        health="Severe",
        causes=(
            "None of the instances are sending data.",
            "ELB health is failing or not available for all instances.",
        ),
        instances=("Severe",),
        requests=0,
        errors=0,
    ),
    Plan(
        name="shop-admin-dev",
        application="shop-admin",
        version="admin-119",
        health="NoData",
        instances=(),
        requests=0,
        errors=0,
    ),
    Plan(
        name="shop-mailer",
        application="shop-worker",
        version="mailer-57",
        health="Info",
        status="Updating",
        causes=("Application update in progress on 1 instance. 0 out of 1 instance completed.",),
        instances=("Info",),
        worker=True,
    ),
)

APPLICATIONS = {
    "shop-web": "What customers see",
    "shop-admin": "What the office sees",
    "shop-worker": "Mails and imports",
    "shop-old": "Retired, no environment left",
}


def seed() -> None:
    """Make the applications, their versions, environments and events."""
    backend = eb_backends[ACCOUNT][REGION]
    chance = dice("environments")
    for name, description in APPLICATIONS.items():
        application = backend.create_application(name)
        application.description = description  # type: ignore[attr-defined]
        born = ago(days=chance.uniform(200, 900))
        application.date_created = application.date_updated = born  # type: ignore[attr-defined]
        beanstalk.versions[application] = []
    for plan in PLANS:
        _make(backend, plan, chance)


def _make(backend: EBBackend, plan: Plan, chance: random.Random) -> None:
    application = backend.applications[plan.application]
    known = beanstalk.versions[application]
    if plan.version not in {version.label for version in known}:
        known.append(
            beanstalk.Version(plan.version, "by the pipeline", ago(days=chance.uniform(1, 30)))
        )
    environment = backend.create_environment(
        application, plan.name, PLATFORM, {"team": "shop", "stage": plan.name.rpartition("-")[2]}
    )
    number = f"{chance.getrandbits(40):010x}"
    environment.environment_id = f"e-{number}"
    environment.version_label = plan.version  # type: ignore[assignment]
    environment.solution_stack_name = PLATFORM
    environment.status = plan.status
    environment.abortable_operation_in_progress = plan.status == "Updating"
    if plan.worker:
        environment.tier = {"Name": "Worker", "Type": "SQS/HTTP", "Version": "3.0"}
        environment.endpoint_url = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/awseb-{number}"
    else:
        environment.endpoint_url = f"awseb--AWSEB-{number}-1.{REGION}.elb.amazonaws.com"
        environment.cname = f"{plan.name}.{REGION}.elasticbeanstalk.com"
    environment.date_created = ago(days=chance.uniform(20, 500))
    beanstalk_options.options[environment] = _options(plan.name, len(plan.instances), chance)
    condition = beanstalk.condition_of(environment)
    condition.requests, condition.errors = plan.requests, plan.errors
    condition.instances = [
        beanstalk.Instance(
            f"i-0{chance.getrandbits(64):016x}",
            status,
            list(plan.causes[:1]) if status not in {"Ok", "Info"} else [],
            ago(days=chance.uniform(0.1, 9)),
            chance.uniform(3, 80),
        )
        for status in plan.instances
    ]
    beanstalk.set_health(environment, plan.health, list(plan.causes))
    environment.date_updated = ago(hours=chance.uniform(0.1, 90))
    _tell_past(backend, environment, plan, chance)


def _options(name: str, instances: int, chance: random.Random) -> beanstalk_options.Options:
    """What the environment was told, with secrets among it as everywhere."""
    variables = {
        "STAGE": name.rpartition("-")[2],
        "LOG_LEVEL": "info",
        "DATABASE_URL": f"postgres://shop:{chance.getrandbits(64):016x}@db.internal:5432/shop",
        "SESSION_SECRET": f"{chance.getrandbits(96):024x}",
    }
    return {
        ("aws:autoscaling:asg", "MinSize"): str(instances),
        ("aws:autoscaling:asg", "MaxSize"): str(2 * instances),
        ("aws:autoscaling:launchconfiguration", "InstanceType"): "t4g.small",
        **{(beanstalk_options.VARIABLES, key): value for key, value in variables.items()},
    }


def _tell_past(
    backend: EBBackend, environment: Environment, plan: Plan, chance: random.Random
) -> None:
    at = ago(days=chance.uniform(1.5, 6))
    steps = (
        ("INFO", "Environment update is starting."),
        ("INFO", f"Deploying new version to {len(plan.instances)} instance(s)."),
        ("WARN", "Environment health has transitioned from Ok to Warning. Application update."),
        ("INFO", f"New application version {plan.version} was deployed to running EC2 instances."),
        ("INFO", "Environment update completed successfully."),
        ("INFO", "Environment health has transitioned from Warning to Ok."),
    )
    for severity, message in steps:
        beanstalk.tell(backend, environment, message, severity, at)
        at += dt.timedelta(seconds=chance.randint(5, 90))
    if plan.causes:
        worse = "INFO" if plan.health == "Info" else "WARN"
        message = f"Environment health has transitioned from Ok to {plan.health}. {plan.causes[0]}"
        beanstalk.tell(backend, environment, message, worse, environment.date_updated)
    if plan.health == "Severe":
        lost = "ELB health checks failed on all instances: connection refused on port 8000."
        beanstalk.tell(backend, environment, lost, "ERROR", environment.date_updated)
