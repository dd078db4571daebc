"""Elastic Beanstalk: environments with real values, their health, events, versions and resources."""

from __future__ import annotations

import datetime as dt
import operator
import weakref
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.elasticbeanstalk.models import Application, EBBackend, Environment
from moto.elasticbeanstalk.responses import EBResponse

from awstui.demo.extensions import Refused, operation, page, plain

EVENTS_KEPT = 400
COLORS = {"Ok": "Green", "Info": "Green", "Warning": "Yellow", "Degraded": "Red", "Severe": "Red"}
"""The colour of each health status; any other is grey."""


@dataclass(slots=True)
class Instance:
    """An instance of an environment, with what enhanced health says of it."""

    instance_id: str
    status: str = "Ok"
    causes: list[str] = field(default_factory=list)
    launched: dt.datetime = field(default_factory=utcnow)
    user_cpu: float = 12.0
    load: float = 0.4


@dataclass(slots=True)
class Condition:
    """What moto does not keep of an environment."""

    causes: list[str] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    requests: int = 0
    errors: int = 0
    p50: float = 0.02
    p99: float = 0.3


@dataclass(slots=True)
class Version:
    """An application version."""

    label: str
    description: str
    created: dt.datetime
    bucket: str = "elasticbeanstalk-eu-west-1-123456789012"


conditions: weakref.WeakKeyDictionary[Environment, Condition] = weakref.WeakKeyDictionary()
versions: weakref.WeakKeyDictionary[Application, list[Version]] = weakref.WeakKeyDictionary()
events: weakref.WeakKeyDictionary[EBBackend, list[dict[str, Any]]] = weakref.WeakKeyDictionary()


def condition_of(environment: Environment) -> Condition:
    """What is known of an environment beyond moto."""
    return conditions.setdefault(environment, Condition())


def set_health(environment: Environment, status: str, causes: list[str]) -> None:
    """Change an environment's health and its colour."""
    environment.health_status = status
    environment.health = COLORS.get(status, "Grey")
    environment.date_updated = utcnow()
    condition_of(environment).causes = causes


def tell(
    backend: EBBackend,
    environment: Environment,
    message: str,
    severity: str = "INFO",
    at: dt.datetime | None = None,
) -> None:
    """Add an event to an environment's."""
    kept = events.setdefault(backend, [])
    event = {
        "EventDate": at or utcnow(),
        "Message": message,
        "ApplicationName": environment.application_name,
        "EnvironmentName": environment.environment_name,
        "VersionLabel": environment.version_label,
        "PlatformArn": _platform(environment),
        "Severity": severity,
    }
    kept.append(event)
    del kept[:-EVENTS_KEPT]


def _platform(environment: Environment) -> str | None:
    """The platform's ARN, from a name like ``64bit Amazon Linux 2023 v4.6.0 running Python 3.13``."""
    system, _, language = environment.solution_stack_name.partition(" running ")
    name, _, version = system.partition(" v")
    if not version:
        return None
    resource = f"platform/{language} running on {name}/{version}"
    return f"arn:aws:elasticbeanstalk:{environment.region}::{resource}"


def environment_of(self: EBResponse) -> Environment:
    """The environment that a request names."""
    name, number = self._get_param("EnvironmentName"), self._get_param("EnvironmentId")
    for environment in self.elasticbeanstalk_backend.describe_environments():
        if (name and environment.environment_name == name) or (
            number and environment.environment_id == number
        ):
            return environment
    raise Refused(
        "InvalidParameterValue", f"No Environment found for EnvironmentName = '{name or number}'."
    )


def shown_of(environment: Environment) -> dict[str, Any]:
    """An environment as AWS answers it."""
    return {
        "EnvironmentName": environment.environment_name,
        "EnvironmentId": environment.environment_id,
        "ApplicationName": environment.application_name,
        "VersionLabel": environment.version_label,
        "SolutionStackName": environment.solution_stack_name,
        "PlatformArn": _platform(environment),
        "Description": getattr(environment, "description", None),
        "EndpointURL": environment.endpoint_url,
        "CNAME": environment.cname,
        "DateCreated": environment.date_created,
        "DateUpdated": environment.date_updated,
        "Status": environment.status,
        "AbortableOperationInProgress": environment.abortable_operation_in_progress,
        "Health": environment.health,
        "HealthStatus": environment.health_status,
        "Tier": environment.tier,
        "EnvironmentLinks": environment.environment_links,
        "EnvironmentArn": environment.environment_arn,
    }


@operation(EBResponse)
def describe_environments(self: EBResponse) -> ActionResult:
    """DescribeEnvironments, filtered and paged."""
    names, ids = self._get_param("EnvironmentNames", []), self._get_param("EnvironmentIds", [])
    application, label = self._get_param("ApplicationName"), self._get_param("VersionLabel")
    found = [
        shown_of(environment)
        for environment in self.elasticbeanstalk_backend.describe_environments()
        if (not names or environment.environment_name in names)
        and (not ids or environment.environment_id in ids)
        and application in {None, environment.application_name}
        and label in {None, environment.version_label}
    ]
    shown, token = page(found, self._get_param("NextToken"), self._get_param("MaxRecords") or 1000)
    return ActionResult({"Environments": shown, "NextToken": token})


@operation(EBResponse)
def describe_applications(self: EBResponse) -> ActionResult:
    """DescribeApplications, by name or all."""
    names = self._get_param("ApplicationNames", [])
    found = [
        {
            "ApplicationArn": application.arn,
            "ApplicationName": application.application_name,
            "Description": getattr(application, "description", None),
            "DateCreated": getattr(application, "date_created", None),
            "DateUpdated": getattr(application, "date_updated", None),
            "Versions": [version.label for version in versions.get(application, [])],
            "ConfigurationTemplates": [],
        }
        for application in self.elasticbeanstalk_backend.applications.values()
        if not names or application.application_name in names
    ]
    return ActionResult({"Applications": found})


@operation(EBResponse)
def describe_application_versions(self: EBResponse) -> ActionResult:
    """DescribeApplicationVersions, the newest first."""
    name, labels = self._get_param("ApplicationName"), self._get_param("VersionLabels", [])
    found: list[dict[str, Any]] = [
        {
            "ApplicationVersionArn": application.arn.replace(
                ":application/", ":applicationversion/"
            )
            + f"/{version.label}",
            "ApplicationName": application.application_name,
            "VersionLabel": version.label,
            "Description": version.description,
            "SourceBundle": {
                "S3Bucket": version.bucket,
                "S3Key": f"{application.application_name}/{version.label}.zip",
            },
            "DateCreated": version.created,
            "DateUpdated": version.created,
            "Status": "PROCESSED",
        }
        for application in self.elasticbeanstalk_backend.applications.values()
        if name in {None, application.application_name}
        for version in versions.get(application, [])
        if not labels or version.label in labels
    ]
    found.sort(key=operator.itemgetter("DateCreated"), reverse=True)
    shown, token = page(found, self._get_param("NextToken"), self._get_param("MaxRecords") or 1000)
    return ActionResult({"ApplicationVersions": shown, "NextToken": token})


@operation(EBResponse)
def describe_events(self: EBResponse) -> ActionResult:
    """DescribeEvents, the newest first; a severity means it and worse."""
    ladder = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
    least = ladder.index(self._get_param("Severity") or "TRACE")
    start, end = plain(self._get_param("StartTime")), plain(self._get_param("EndTime"))
    name = self._get_param("EnvironmentName")
    if self._get_param("EnvironmentId"):
        name = environment_of(self).environment_name
    wanted = {
        "EnvironmentName": name,
        "ApplicationName": self._get_param("ApplicationName"),
        "VersionLabel": self._get_param("VersionLabel"),
    }
    found = [
        event
        for event in events.get(self.elasticbeanstalk_backend, [])
        if ladder.index(event["Severity"]) >= least
        and all(value in {None, event[key]} for key, value in wanted.items())
        and (start is None or event["EventDate"] >= start)
        and (end is None or event["EventDate"] < end)
    ]
    found.sort(key=lambda event: event["EventDate"], reverse=True)
    shown, token = page(found, self._get_param("NextToken"), self._get_param("MaxRecords") or 1000)
    return ActionResult({"Events": shown, "NextToken": token})


@operation(EBResponse)
def describe_environment_health(self: EBResponse) -> ActionResult:
    """DescribeEnvironmentHealth."""
    environment = environment_of(self)
    condition = condition_of(environment)
    counts = dict.fromkeys(("Ok", "Info", "Warning", "Degraded", "Severe"), 0)
    for instance in condition.instances:
        counts[instance.status] = counts.get(instance.status, 0) + 1
    fine = condition.requests - condition.errors
    metrics = {
        "Duration": 10,
        "RequestCount": condition.requests,
        "StatusCodes": {"Status2xx": fine, "Status5xx": condition.errors},
        "Latency": {"P50": condition.p50, "P90": condition.p99 / 2, "P99": condition.p99},
    }
    return ActionResult(
        {
            "EnvironmentName": environment.environment_name,
            "HealthStatus": environment.health_status,
            "Status": environment.status,
            "Color": environment.health,
            "Causes": condition.causes,
            "ApplicationMetrics": metrics,
            "InstancesHealth": counts,
            "RefreshedAt": utcnow(),
        }
    )


@operation(EBResponse)
def describe_instances_health(self: EBResponse) -> ActionResult:
    """DescribeInstancesHealth."""
    environment = environment_of(self)
    rows = [
        {
            "InstanceId": instance.instance_id,
            "HealthStatus": instance.status,
            "Color": COLORS.get(instance.status, "Grey"),
            "Causes": instance.causes,
            "LaunchedAt": instance.launched,
            "System": {
                "CPUUtilization": {"User": instance.user_cpu, "Idle": 100 - instance.user_cpu},
                "LoadAverage": [instance.load, instance.load * 0.8],
            },
            "Deployment": {"VersionLabel": environment.version_label, "Status": "Deployed"},
            "AvailabilityZone": "eu-west-1" + "abc"[number % 3],
            "InstanceType": "t3.small",
        }
        for number, instance in enumerate(condition_of(environment).instances)
    ]
    shown, token = page(rows, self._get_param("NextToken"), 100)
    answer = {"InstanceHealthList": shown, "RefreshedAt": utcnow(), "NextToken": token}
    return ActionResult(answer)


@operation(EBResponse)
def describe_environment_resources(self: EBResponse) -> ActionResult:
    """DescribeEnvironmentResources."""
    environment = environment_of(self)
    stack = f"awseb-{environment.environment_id}-stack"
    instances = [one.instance_id for one in condition_of(environment).instances]
    worker = environment.tier["Name"] == "Worker"
    resources = {
        "EnvironmentName": environment.environment_name,
        "AutoScalingGroups": [{"Name": f"{stack}-AWSEBAutoScalingGroup"}],
        "Instances": [{"Id": instance} for instance in instances],
        "LaunchConfigurations": [],
        "LaunchTemplates": [{"Id": f"lt-{environment.environment_id[2:]}"}],
        "LoadBalancers": [] if worker else [{"Name": f"awseb--AWSEB-{environment.environment_id}"}],
        "Triggers": [],
        "Queues": [{"Name": "WorkerQueue", "URL": environment.endpoint_url}] if worker else [],
    }
    return ActionResult({"EnvironmentResources": resources})


@operation(EBResponse)
def restart_app_server(self: EBResponse) -> ActionResult:
    """RestartAppServer."""
    environment = environment_of(self)
    tell(self.elasticbeanstalk_backend, environment, "restartAppServer is starting.")
    tell(self.elasticbeanstalk_backend, environment, "restartAppServer completed successfully.")
    return EmptyResult()
