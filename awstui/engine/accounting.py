"""What the audit says of one request: what was about to be sent, and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError
from botocore.model import OperationModel

from awstui.engine.audit import fingerprint, redacted
from awstui.engine.gate import Grant
from awstui.engine.resources import resources_of
from awstui.errors import AwsError
from awstui.wire import Scope


def intent(
    scope: Scope, action: str, model: OperationModel, arguments: Mapping[str, Any], grant: Grant
) -> dict[str, Any]:
    """What is about to be sent: under whom, on what, and who confirmed it how."""
    return {
        "profile": scope.profile,
        "account": scope.account,
        "region": scope.region,
        "action": f"{action.split(':', 1)[0]}:{model.name}",
        "operation": f"{model.service_model.service_name}:{model.name}",
        "effect": grant.effect,
        "binding": grant.action,
        "target": grant.target,
        "resources": sorted(resources_of(model, arguments)),
        "count": _count(arguments),
        "parameters": redacted(arguments, model.input_shape),
        "parameters_sha256": fingerprint(arguments),
        **({"read_only_lifted": True} if grant.lifted else {}),
        **grant.about,
    }


def outcome(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What AWS answered; of a batch, how many of it and which went wrong."""
    meta = answer.get("ResponseMetadata") or {}
    told: dict[str, Any] = {
        "aws_request_id": meta.get("RequestId", ""),
        "http_status": meta.get("HTTPStatusCode", 0),
    }
    done, failed = answer.get("Successful"), answer.get("Failed")
    if isinstance(done, list) or isinstance(failed, list):
        told["batch"] = {
            "ok": len(done or ()),
            "failed": len(failed or ()),
            "ids": [str(one.get("Id", "")) for one in failed or ()],
        }
    return told


def failure(error: AwsError) -> dict[str, Any]:
    """What AWS answered instead, or that it did not."""
    problem, cause = error.problem, error.__cause__
    answer = cause.response if isinstance(cause, ClientError) else {}
    status = (answer.get("ResponseMetadata") or {}).get("HTTPStatusCode", 0)
    return {
        "error_code": problem.code,
        "error": problem.what,
        "aws_request_id": problem.request_id,
        **({"http_status": status} if status else {}),
    }


def _count(arguments: Mapping[str, Any]) -> int:
    """How many things one request is about: the entries of a batch, else one."""
    sizes = [len(held) for held in arguments.values() if isinstance(held, list)]
    return max([1, *sizes])
