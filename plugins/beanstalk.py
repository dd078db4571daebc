"""Elastic Beanstalk: environments and their health, applications, and what has happened."""

from __future__ import annotations

from collections.abc import AsyncIterator

from awstui.errors import AwsError
from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Signal, Tone

HEALTH: dict[str, Tone] = {
    "Severe": "bad",
    "Degraded": "bad",
    "Red": "bad",
    "Warning": "warn",
    "Yellow": "warn",
    "Suspended": "warn",
    "Pending": "muted",
    "Unknown": "muted",
    "NoData": "muted",
    "Grey": "muted",
}
"""Green, Ok and Info are quiet."""

LIVE = {"IncludeDeleted": False}
NO_ENHANCED_HEALTH = {"InvalidRequestException", "InvalidRequest"}


async def list_applications(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """Every application, with its environments."""
    environments = [row async for row in aws.rows("describe_environments", **LIVE)]
    async for row in aws.rows("describe_applications"):
        own = [one for one in environments if one.get("ApplicationName") == row["ApplicationName"]]
        yield {**row, "Environments": own}


async def with_causes(aws: Aws, row: Row) -> Row:
    """An environment with its causes, requests and instances, where its health is enhanced."""
    name = row["EnvironmentName"]
    try:
        found = await aws.read(
            "describe_environment_health", EnvironmentName=name, AttributeNames=["All"]
        )
    except AwsError as error:
        if error.problem.code in NO_ENHANCED_HEALTH:
            return {**row, "EnhancedHealth": None}
        raise
    found.pop("ResponseMetadata", None)
    return {**row, "EnhancedHealth": found}


async def with_options(aws: Aws, row: Row) -> Row:
    """An environment with the options it was given: the console hides their values until asked."""
    found = await aws.read(
        "describe_configuration_settings",
        ApplicationName=row["ApplicationName"],
        EnvironmentName=row["EnvironmentName"],
    )
    settings = found.get("ConfigurationSettings") or [{}]
    return {**row, "OptionSettings": settings[0].get("OptionSettings", [])}


def health(row: Row) -> str | None:
    """The word for its health: the finer one where AWS has it, else the colour."""
    enhanced = (row.get("EnhancedHealth") or {}).get("HealthStatus")
    return enhanced or row.get("HealthStatus") or row.get("Health")


def health_tone(row: Row) -> Tone:
    """How an environment is."""
    return HEALTH.get((health(row) or "").replace(" ", ""), "")


def instances(row: Row) -> str | None:
    """How many instances are how, the worst first."""
    counted = (row.get("EnhancedHealth") or {}).get("InstancesHealth") or {}
    worst = ("Severe", "Degraded", "Warning", "NoData", "Unknown", "Pending", "Info", "Ok")
    return ", ".join(f"{counted[word]} {word}" for word in worst if counted.get(word)) or None


def environment_says(row: Row) -> str:
    """Why an environment is not well, or what is being done to it."""
    if causes := (row.get("EnhancedHealth") or {}).get("Causes"):
        return " ".join(causes)
    if row.get("Status") not in ("Ready", None):
        return f"{row['Status'].lower()} now"
    basic = "EnhancedHealth" in row and row["EnhancedHealth"] is None
    return "basic health: AWS names no causes" if basic and health_tone(row) else ""


def sick(row: Row) -> list[Row]:
    """The environments of an application that are not well, the worst first."""
    ill = [one for one in row.get("Environments", ()) if health_tone(one) in ("bad", "warn")]
    return sorted(ill, key=lambda one: health_tone(one) != "bad")


def application_says(row: Row) -> str:
    """Which environments of an application are not well."""
    return ", ".join(f"{one['EnvironmentName']} {health(one)}" for one in sick(row))


def application_tone(row: Row) -> Tone:
    """How the worst environment of an application is."""
    return health_tone(sick(row)[0]) if sick(row) else ""


def streamed(row: Row) -> str | None:
    """The log groups of the environment that an event is about."""
    name = row.get("EnvironmentName")
    return f"/aws/elasticbeanstalk/{name}/*" if name else None


async def signals(aws: Aws) -> AsyncIterator[Signal]:
    """Every environment that is not well."""
    async for row in aws.rows("describe_environments", **LIVE):
        if (tone := health_tone(row)) in ("bad", "warn"):
            name = row["EnvironmentName"]
            yield Signal(f"{name} is {health(row)}", tone, "environments", name)


environments = Resource(
    name="environments",
    rows="describe_environments",
    arguments=LIVE,
    given={"ApplicationName": "ApplicationName"},
    enrich=with_causes,
    describe=with_options,
    key="EnvironmentName",
    arn="EnvironmentArn",
    child="events",
    every=15.0,
    order=lambda row: (
        {"bad": 0, "warn": 1, "muted": 2}.get(health_tone(row), 3),
        row.get("Status") == "Ready",
        row["EnvironmentName"],
    ),
    columns=(
        Column("Environment", "EnvironmentName", rank=0, tone=health_tone),
        Column("Health", health, kind="state", rank=0, tone=health_tone),
        Column("Status", kind="state", rank=0),
        Column(
            "5xx / 10 s",
            "EnhancedHealth.ApplicationMetrics.StatusCodes.Status5xx",
            kind="number",
        ),
        Column("Instances", instances),
        Column("Version", "VersionLabel", rank=2),
        Column("Updated", "DateUpdated", kind="age", rank=0),
        Column("Application", "ApplicationName", rank=2),
        Column("Tier", "Tier.Name", rank=3),
        Column("Platform", "SolutionStackName", rank=3),
        Column("CNAME", rank=3),
        Column("Causes", environment_says, rank=0, tone=health_tone),
    ),
    links=(Link("logs", "logs.groups", "EnvironmentArn", key="L", view="tail"),),
)

applications = Resource(
    name="applications",
    rows=list_applications,
    key="ApplicationName",
    arn="ApplicationArn",
    child="environments",
    order=lambda row: (not sick(row), row["ApplicationName"]),
    columns=(
        Column("Application", "ApplicationName", rank=0, tone=application_tone),
        Column("Environments", "length(Environments)", kind="number", rank=0),
        Column("Versions", "length(Versions || `[]`)", kind="number"),
        Column("Updated", "DateUpdated", kind="age", rank=0),
        Column("State", application_says, rank=0, tone=application_tone),
    ),
    links=(Link("events", "events", key="e"),),
)

events = Resource(
    name="events",
    rows="describe_events",
    arguments={"MaxRecords": 1000},
    given={"ApplicationName": "ApplicationName", "EnvironmentName": "EnvironmentName"},
    alone=True,
    # A second holds many events, and AWS numbers none.
    key=("EventDate", "EnvironmentName", "RequestId", "Message"),
    every=15.0,
    columns=(
        Column("When", "EventDate", kind="age", rank=0),
        Column(
            "Severity",
            kind="state",
            rank=0,
            tone={"FATAL": "bad", "ERROR": "bad", "WARN": "warn", "DEBUG": "muted"},
        ),
        Column("Environment", "EnvironmentName", rank=1),
        Column("Version", "VersionLabel", rank=3),
        Column("Message", rank=0),
    ),
    links=(
        Link("logs at that time", "logs.groups", streamed, key="L", view="tail", at="EventDate"),
    ),
)

plugin = Plugin(
    name="beanstalk",
    title="Elastic Beanstalk",
    service="elasticbeanstalk",
    aliases=("eb", "bean"),
    resources=(environments, applications, events),
    signals=signals,
)
