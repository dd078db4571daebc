"""CloudFormation: stacks of the past, with events and reasons, and lists that page.

moto's own CloudFormation imports every service it could make, which takes seconds. So what is
asked of past stacks is answered here, and moto is loaded only when somebody makes a stack.
"""

from __future__ import annotations

import datetime as dt
import sys
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from awstui.demo.extensions import Refused, page
from awstui.demo.fleet import REGION, arn

PAGE = 100
"""Stacks, events or resources in an answer."""


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
    told: int = 0
    """How many events there ever were: an event's id is never given again."""

    @property
    def stack_id(self) -> str:
        """The stack's ARN."""
        number = uuid.uuid5(uuid.NAMESPACE_DNS, f"{self.name}.shop.example")
        return arn("cloudformation", f"stack/{self.name}/{number}")

    def tell(self, one: Resource | None, status: str, at: dt.datetime, reason: str | None) -> None:
        """Add an event, about a resource or the stack itself."""
        number, self.told = self.told, self.told + 1
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


class StackResponse(BaseResponse):
    """Answers for past stacks; raises ``NotImplementedError`` for what is moto's."""

    def __init__(self) -> None:
        super().__init__(service_name="cloudformation")
        self.automated_parameter_parsing = True

    def describe_stacks(self) -> ActionResult:
        """DescribeStacks."""
        name = self._get_param("StackName")
        if name:
            return ActionResult({"Stacks": [self._named(name).described()]})
        return self._page("Stacks", [one.described() for one in self._here()] + self._of_moto())

    def list_stacks(self) -> ActionResult:
        """ListStacks, by status or all."""
        wanted = self._get_param("StackStatusFilter", [])
        mine = [one.described() for one in self._here()]
        rows = [row for row in mine if not wanted or row["StackStatus"] in wanted]
        others = [one for one in self._of_moto() if not wanted or one.status in wanted]
        return self._page("StackSummaries", rows + others)

    def describe_stack_events(self) -> ActionResult:
        """DescribeStackEvents, the newest first."""
        return self._page("StackEvents", self._named(self._get_param("StackName")).events[::-1])

    def list_stack_resources(self) -> ActionResult:
        """ListStackResources."""
        stack = self._named(self._get_param("StackName"))
        rows = [
            {
                "LogicalResourceId": one.logical,
                "PhysicalResourceId": one.physical,
                "ResourceType": one.kind,
                "LastUpdatedTimestamp": stack.updated or stack.created,
                "ResourceStatus": one.status,
                "ResourceStatusReason": one.reason,
                "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
            }
            for one in stack.resources
        ]
        return self._page("StackResourceSummaries", rows)

    def get_template(self) -> ActionResult:
        """GetTemplate."""
        template = self._named(self._get_param("StackName")).template
        return ActionResult({"TemplateBody": template, "StagesAvailable": ["Original"]})

    def delete_stack(self) -> ActionResult:
        """DeleteStack."""
        stack = self._named(self._get_param("StackName"))
        if stack.described()["EnableTerminationProtection"]:
            why = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            raise Refused("ValidationError", why)
        del past[stack.name]
        return EmptyResult()

    def _here(self) -> list[PastStack]:
        return list(past.values()) if self.region == REGION else []

    def _of_moto(self) -> list[Any]:
        models = sys.modules.get("moto.cloudformation.models")
        if models is None:
            return []
        backend = models.cloudformation_backends[self.current_account][self.region]
        return list(backend.stacks.values())

    def _named(self, name: str) -> PastStack:
        for stack in self._here():
            if name in {stack.name, stack.stack_id}:
                return stack
        if self._of_moto():
            raise NotImplementedError
        raise Refused("ValidationError", f"Stack with id {name} does not exist")

    def _page(self, key: str, rows: list[Any]) -> ActionResult:
        shown, token = page(rows, self._get_param("NextToken"), PAGE)
        return ActionResult({key: shown, "NextToken": token})
