"""The shop's CloudFormation stacks: most complete, one rolled back, one stuck."""

from __future__ import annotations

import datetime as dt
import json

from awstui.demo.extensions.cloudformation import PastStack, Resource, past
from awstui.demo.fleet import ago, arn

QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/123456789012/"
REASON = (
    'Resource handler returned message: "Value (0.0.0.0/0) for CidrIp is blocked by policy '
    'deny-public-ingress (Service: Ec2, Status Code: 403)" '
    "(RequestToken: 6f3a0d2e, HandlerErrorCode: AccessDenied)"
)

MESSAGING = (
    Resource(logical="OrdersQueue", physical=f"{QUEUE_URL}orders", kind="AWS::SQS::Queue"),
    Resource(logical="OrdersDlq", physical=f"{QUEUE_URL}orders-dlq", kind="AWS::SQS::Queue"),
    Resource(logical="OrderEvents", physical=arn("sns", "order-events"), kind="AWS::SNS::Topic"),
    Resource(
        logical="OrdersSubscription",
        physical=arn("sns", "order-events:5f0b1c9a-8f1e-4d26-9c57-0a7a9d7d5f11"),
        kind="AWS::SNS::Subscription",
    ),
)
FULFILMENT = (
    Resource(logical="OrdersHandler", physical="orders-handler", kind="AWS::Lambda::Function"),
    Resource(
        logical="Fulfilment",
        physical=arn("states", "stateMachine:order-fulfilment"),
        kind="AWS::StepFunctions::StateMachine",
    ),
    Resource(
        logical="OrdersHandlerLogs",
        physical="/aws/lambda/orders-handler",
        kind="AWS::Logs::LogGroup",
    ),
)
SEARCH = (
    Resource(
        logical="SearchGroup",
        physical="",
        kind="AWS::EC2::SecurityGroup",
        status="CREATE_FAILED",
        reason=REASON,
    ),
    Resource(
        logical="SearchDomain",
        physical="shop-search-v2",
        kind="AWS::OpenSearchService::Domain",
        status="DELETE_COMPLETE",
        reason="Resource creation cancelled",
    ),
)


def seed() -> None:
    """Make the stacks and their events."""
    _complete("shop-messaging-prod", "Queues and topics", MESSAGING, 300)
    _complete("shop-fulfilment-prod", "Functions and machines", FULFILMENT, 120)
    _rolled_back()
    _stuck()


def _stack(name: str, status: str, description: str, created: dt.datetime) -> PastStack:
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Description": description}
    stack = PastStack(
        name=name,
        status=status,
        created=created,
        description=description,
        parameters={"Stage": "prod"},
        tags={"shop": "web"},
        template=json.dumps(template, indent=2),
    )
    past[name] = stack
    stack.tell(None, "CREATE_IN_PROGRESS", created, "User Initiated")
    return stack


def _complete(name: str, description: str, resources: tuple[Resource, ...], days: float) -> None:
    stack = _stack(name, "UPDATE_COMPLETE", description, ago(days=days))
    stack.outputs = {"FirstResource": resources[0].physical}
    at = stack.created
    for one in resources:
        stack.tell(one, "CREATE_IN_PROGRESS", at, None)
        at += dt.timedelta(seconds=11)
        stack.tell(one, "CREATE_COMPLETE", at, None)
    stack.tell(None, "CREATE_COMPLETE", at, None)
    stack.resources = list(resources)
    stack.updated = at = ago(days=days / 10)
    stack.tell(None, "UPDATE_IN_PROGRESS", at, "User Initiated")
    stack.tell(resources[0], "UPDATE_COMPLETE", at + dt.timedelta(seconds=9), None)
    stack.tell(None, "UPDATE_COMPLETE", at + dt.timedelta(seconds=12), None)


def _rolled_back() -> None:
    stack = _stack("shop-search-v2", "ROLLBACK_COMPLETE", "The new search", ago(hours=5))
    stack.resources = list(SEARCH)
    at, (group, domain) = stack.created, SEARCH
    second = dt.timedelta(seconds=4)
    stack.tell(domain, "CREATE_IN_PROGRESS", at + second, None)
    stack.tell(group, "CREATE_IN_PROGRESS", at + second, None)
    stack.tell(group, "CREATE_FAILED", at + 2 * second, REASON)
    stack.tell(domain, "CREATE_FAILED", at + 2 * second, "Resource creation cancelled")
    why = "The following resource(s) failed to create: [SearchGroup, SearchDomain]. Rollback requested by user."
    stack.tell(None, "ROLLBACK_IN_PROGRESS", at + 3 * second, why)
    stack.tell(domain, "DELETE_COMPLETE", at + 30 * second, None)
    stack.tell(None, "ROLLBACK_COMPLETE", at + 31 * second, None)


def _stuck() -> None:
    stack = _stack("shop-cart-cache", "UPDATE_ROLLBACK_FAILED", "The cart's cache", ago(days=80))
    cache = Resource(
        logical="Cache",
        physical="cart-cache-001",
        kind="AWS::ElastiCache::CacheCluster",
        status="UPDATE_FAILED",
        reason="cart-cache-001 is not in a state that allows modification",
    )
    stack.resources = [cache]
    stack.reason = "The following resource(s) failed to update: [Cache]."
    stack.updated = at = ago(days=2)
    stack.tell(cache, "CREATE_COMPLETE", stack.created + dt.timedelta(minutes=6), None)
    stack.tell(None, "CREATE_COMPLETE", stack.created + dt.timedelta(minutes=6), None)
    stack.tell(None, "UPDATE_IN_PROGRESS", at, "User Initiated")
    stack.tell(cache, "UPDATE_FAILED", at + dt.timedelta(minutes=2), cache.reason)
    stack.tell(None, "UPDATE_ROLLBACK_FAILED", at + dt.timedelta(minutes=3), stack.reason)
