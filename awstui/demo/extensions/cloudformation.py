"""CloudFormation: stacks of the past, with events and reasons, and lists that page."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from awstui.demo.extensions import operation, page
from awstui.demo.fleet import REGION, arn

PAGE = 100


@dataclass(slots=True, kw_only=True)
class Resource:
    """A resource of a past stack."""

    logical: str
    physical: str
    kind: str
    status: str = "CREATE_COMPLETE"
    reason: str | None = None


@dataclass(slots=True, kw_only=True)
class PastStack:
    """A stack that was made before the demo began; nothing stands behind it."""

    name: str
    status: str
    created: dt.datetime
    description: str
    reason: str | None = None
    updated: dt.datetime | None = None
    resources: list[Resource] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    template: str = "{}"
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def stack_id(self) -> str:
        """The stack's ARN."""
        number = uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.shop.example")
        return arn("cloudformation", f"stack/{self.name}/{number}")

    def tell(self, one: Resource | None, status: str, at: dt.datetime, reason: str | None) -> None:
        """Add an event, about a resource or the stack itself."""
        number = len(self.events)
        self.events.append(
            {
                "StackId": self.stack_id,
                "EventId": f"{one.logical if one else self.name}-{status}-{number}",
                "StackName": self.name,
                "LogicalResourceId": one.logical if one else self.name,
                "PhysicalResourceId": one.physical if one else self.stack_id,
                "ResourceType": one.kind if one else "AWS::CloudFormation::Stack",
                "Timestamp": at,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
            }
        )

    def described(self) -> dict[str, Any]:
        """The row of DescribeStacks."""
        return {
            "StackId": self.stack_id,
            "StackName": self.name,
            "Description": self.description,
            "CreationTime": self.created,
            "LastUpdatedTime": self.updated,
            "StackStatus": self.status,
            "StackStatusReason": self.reason,
            "DisableRollback": False,
            "EnableTerminationProtection": self.name.endswith("-prod"),
            "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
            "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in self.outputs.items()],
            "Parameters": [
                {"ParameterKey": k, "ParameterValue": v} for k, v in self.parameters.items()
            ],
            "Tags": [{"Key": k, "Value": v} for k, v in self.tags.items()],
        }


past: dict[str, PastStack] = {}
"""The past stacks by name, all in the fleet's region."""


def _here(self: CloudFormationResponse) -> list[PastStack]:
    return list(past.values()) if self.region == REGION else []


def _named(self: CloudFormationResponse) -> PastStack | None:
    name = self._get_param("StackName")
    return next((one for one in _here(self) if name in {one.name, one.stack_id}), None)


def _page(self: CloudFormationResponse, key: str, rows: list[Any]) -> ActionResult:
    shown, token = page(rows, self._get_param("NextToken"), PAGE)
    return ActionResult({key: shown, "NextToken": token})


@operation(CloudFormationResponse)
def describe_stacks(self: CloudFormationResponse) -> ActionResult:
    """DescribeStacks."""
    name, found = self._get_param("StackName"), _named(self)
    if found is not None:
        return ActionResult({"Stacks": [found.described()]})
    backend = self.cloudformation_backend
    mine: list[Any] = list(backend.describe_stacks(name)) if name or backend.stacks else []
    return _page(self, "Stacks", mine if name else [one.described() for one in _here(self)] + mine)


@operation(CloudFormationResponse)
def list_stacks(self: CloudFormationResponse) -> ActionResult:
    """ListStacks, by status or all."""
    wanted = self._get_param("StackStatusFilter", [])
    rows: list[Any] = [one.described() for one in _here(self) if not wanted or one.status in wanted]
    return _page(
        self, "StackSummaries", rows + list(self.cloudformation_backend.list_stacks(wanted))
    )


@operation(CloudFormationResponse)
def describe_stack_events(self: CloudFormationResponse) -> ActionResult:
    """DescribeStackEvents, the newest first."""
    found = _named(self)
    if found is not None:
        return _page(self, "StackEvents", found.events[::-1])
    events = self.cloudformation_backend.describe_stack_events(self._get_param("StackName"))
    return _page(self, "StackEvents", events[::-1])


_moto_list_stack_resources = CloudFormationResponse.list_stack_resources
_moto_get_template = CloudFormationResponse.get_template
_moto_delete_stack = CloudFormationResponse.delete_stack


@operation(CloudFormationResponse)
def list_stack_resources(self: CloudFormationResponse) -> ActionResult:
    """ListStackResources."""
    found = _named(self)
    if found is None:
        return _moto_list_stack_resources(self)
    rows = [
        {
            "LogicalResourceId": one.logical,
            "PhysicalResourceId": one.physical,
            "ResourceType": one.kind,
            "LastUpdatedTimestamp": found.updated or found.created,
            "ResourceStatus": one.status,
            "ResourceStatusReason": one.reason,
            "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
        }
        for one in found.resources
    ]
    return _page(self, "StackResourceSummaries", rows)


@operation(CloudFormationResponse)
def get_template(self: CloudFormationResponse) -> ActionResult:
    """GetTemplate."""
    found = _named(self)
    if found is None:
        return _moto_get_template(self)
    return ActionResult({"TemplateBody": found.template, "StagesAvailable": ["Original"]})


@operation(CloudFormationResponse)
def delete_stack(self: CloudFormationResponse) -> ActionResult:
    """DeleteStack."""
    found = _named(self)
    if found is None:
        return _moto_delete_stack(self)
    if found.described()["EnableTerminationProtection"]:
        raise ValidationError(
            message=f"Stack [{found.name}] cannot be deleted while TerminationProtection is enabled"
        )
    del past[found.name]
    return EmptyResult()
