"""Each error becomes a sentence that names what happened, why, and what to do: row by row."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from aiohttp import ClientConnectorError, ClientOSError
from aiohttp.client_reqrep import ConnectionKey
from botocore import exceptions as botocore

from awstui.errors import Attempt, AwsError, explain, said
from awstui.wire import Problem

ARN = "arn:aws:iam::123456789012:user/ann"
ATTEMPT = Attempt(
    action="states:ListStateMachines",
    profile="shop",
    region="eu-west-1",
    principal=ARN,
    deadline=10,
)
CUSTOM = Attempt(action="states:ListActivities", endpoint="http://127.0.0.1:5000")


def answer(code: str, message: str = "", status: int = 400, **more: Any) -> botocore.ClientError:
    """What botocore raises when AWS answers with an error."""
    response = {
        "Error": {"Code": code, "Message": message, **more},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r-1"},
    }
    return botocore.ClientError(response, "ListStateMachines")


ANSWERS = [
    ("AccessDeniedException", "denied", "may not states:ListStateMachines"),
    ("UnauthorizedOperation", "denied", "may not states:ListStateMachines"),
    ("403", "denied", "may not states:ListStateMachines"),
    ("ExpiredTokenException", "expired", "session of profile shop has expired"),
    ("ExpiredToken", "expired", "has expired"),
    ("UnrecognizedClientException", "credentials", "does not accept the credentials"),
    ("InvalidClientTokenId", "credentials", "does not accept the credentials"),
    ("SignatureDoesNotMatch", "credentials", "rejected the signature"),
    ("RequestTimeTooSkewed", "credentials", "rejected the signature"),
    ("OptInRequired", "credentials", "eu-west-1 is not enabled"),
    ("ThrottlingException", "throttled", "fewer calls"),
    ("TooManyRequestsException", "throttled", "fewer calls"),
    ("KmsAccessDenied", "denied", "but not use the KMS key"),
    ("KmsDisabled", "error", "KMS key behind"),
    ("ResourceNotFoundException", "missing", "not there"),
    ("QueueDoesNotExist", "missing", "not there"),
    ("StateMachineDoesNotExist", "missing", "not there"),
    ("InternalFailure", "fault", "failed inside AWS"),
    ("InvalidParameterValue", "error", "did not accept states:ListStateMachines: why not"),
]


@pytest.mark.parametrize(("code", "kind", "words"), ANSWERS)
def test_what_aws_answered(code: str, kind: str, words: str) -> None:
    told = explain(answer(code, "why not"), ATTEMPT)
    assert (told.kind, told.request_id) == (kind, "r-1")
    assert words in told.what
    assert "{" not in told.what + told.why + told.do


def test_a_denial_names_the_action_and_principal_that_aws_names() -> None:
    message = (
        f"User: {ARN}-of-aws is not authorized to perform: sqs:listqueues on resource: "
        "arn:aws:sqs:eu-west-1:123456789012: because no identity-based policy allows it"
    )
    told = explain(answer("AccessDenied", message), ATTEMPT)
    assert told.what == f"{ARN}-of-aws may not sqs:listqueues."
    assert told.action == "sqs:listqueues"
    assert "sqs:listqueues" in told.do


def test_a_denial_without_words_names_what_the_model_says() -> None:
    told = explain(answer("AccessDeniedException"), ATTEMPT)
    assert (told.what, told.action) == (
        f"{ARN} may not states:ListStateMachines.",
        "states:ListStateMachines",
    )


def test_an_explicit_denial_is_told_apart() -> None:
    told = explain(answer("AccessDenied", "... with an explicit deny in a policy"), ATTEMPT)
    assert "denies it explicitly" in told.why


def test_the_short_code_is_used_where_a_query_service_became_json() -> None:
    error = answer(
        "AWS.SimpleQueueService.NonExistentQueue", "gone", QueryErrorCode="QueueDoesNotExist"
    )
    assert explain(error, ATTEMPT).code == "QueueDoesNotExist"
    assert explain(error, ATTEMPT).kind == "missing"
    assert explain(answer("AWS.SimpleQueueService.NonExistentQueue"), ATTEMPT).kind == "missing"


def test_429_without_a_code_is_throttling() -> None:
    assert explain(answer("Unknown", status=429), ATTEMPT).kind == "throttled"


@pytest.mark.parametrize("code", ["500", "501", "404"])
def test_a_number_for_a_code_means_an_emulator_lacks_the_operation(code: str) -> None:
    told = explain(answer(code, "<html>", int(code)), CUSTOM)
    assert told.what == "states:ListActivities is not supported by this endpoint."
    assert "not supported" not in explain(answer(code, "", int(code)), ATTEMPT).what


def test_a_404_of_a_head_is_something_missing() -> None:
    told = explain(answer("404", "Not Found", 404), Attempt(action="s3:HeadObject", endpoint="x"))
    assert told.kind == "missing"


URL = "https://sqs.eu-west-1.amazonaws.com"
LOCAL_ERRORS = [
    (botocore.NoCredentialsError(), "credentials", "no credentials for profile shop"),
    (
        botocore.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
        "credentials",
        "cannot be used",
    ),
    (botocore.ProfileNotFound(profile="shop"), "credentials", "no profile 'shop'"),
    (botocore.ConfigParseError(path="~/.aws/config"), "credentials", "cannot be used"),
    (botocore.SSOTokenLoadError(error_msg="x"), "expired", "SSO session of profile shop"),
    (botocore.UnauthorizedSSOTokenError(), "expired", "SSO session of profile shop"),
    (
        botocore.TokenRetrievalError(provider="sso", error_msg="x"),
        "expired",
        "SSO session of profile shop",
    ),
    (botocore.MissingDependencyException(msg="crt"), "credentials", "package"),
    (KeyError("accessToken"), "credentials", "cached login of profile shop is damaged"),
    (FileNotFoundError(2, "No such file", "/t"), "credentials", "file"),
    (botocore.NoRegionError(), "credentials", "No region"),
    (
        botocore.EndpointConnectionError(endpoint_url=URL),
        "offline",
        f"{URL} cannot be reached for states:ListStateMachines",
    ),
    (botocore.ConnectTimeoutError(endpoint_url=URL), "offline", "cannot be reached"),
    (botocore.ConnectionClosedError(endpoint_url=URL), "offline", "closed the connection"),
    (botocore.ReadTimeoutError(endpoint_url=URL), "offline", "did not answer within 10 s"),
    (TimeoutError(), "offline", "did not answer within 10 s"),
    (botocore.SSLError(endpoint_url=URL, error="self-signed"), "offline", "not trusted"),
    (
        botocore.ProxyConnectionError(proxy_url="http://proxy"),
        "offline",
        "proxy cannot be reached",
    ),
    (botocore.ParamValidationError(report="x"), "error", "are not valid"),
    (RuntimeError("odd"), "fault", "RuntimeError: odd"),
]


@pytest.mark.parametrize(("error", "kind", "words"), LOCAL_ERRORS)
def test_what_never_was_an_answer(error: Exception, kind: str, words: str) -> None:
    told = explain(error, ATTEMPT)
    assert told.kind == kind
    assert words in told.what
    assert told.why or told.do
    assert "{" not in told.what + told.why + told.do


@pytest.mark.parametrize(
    "error",
    [
        botocore.ReadTimeoutError(endpoint_url=URL),
        botocore.ConnectionClosedError(endpoint_url=URL),
        botocore.EndpointConnectionError(endpoint_url=URL, error=ClientOSError(104, "reset")),
        TimeoutError(),
    ],
)
def test_a_write_without_an_answer_may_have_happened(error: Exception) -> None:
    told = explain(error, Attempt(action="sqs:SendMessage", write=True))
    assert told.kind == "unknown"
    assert told.what == "Whether sqs:SendMessage happened is unknown: no answer came."


def test_a_write_that_never_connected_did_not_happen() -> None:
    refused = ClientConnectorError(
        ConnectionKey(
            "h", 1, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
        ),
        OSError(111, "refused"),
    )
    error = botocore.EndpointConnectionError(endpoint_url=URL, error=refused)
    assert explain(error, Attempt(action="sqs:SendMessage", write=True)).kind == "offline"
    assert explain(answer("AccessDenied"), Attempt(write=True)).kind == "denied"


def test_logging_in_names_the_profile() -> None:
    told = explain(botocore.UnauthorizedSSOTokenError(), ATTEMPT)
    assert "`aws sso login --profile shop`" in told.do
    assert "`aws sso login`" in explain(botocore.UnauthorizedSSOTokenError()).do


def test_braces_in_what_aws_says_do_no_harm() -> None:
    assert "{0} {x}" in explain(answer("Odd", "{0} {x}"), ATTEMPT).what


def test_a_problem_already_told_stays_as_it_is() -> None:
    problem = Problem("x", kind="refused")
    assert explain(AwsError(problem)) is problem


def test_an_error_is_known_by_what_it_derives_from() -> None:
    class Special(botocore.SSOError):
        fmt = "special"

    make: Any = Special

    assert said(make()).name == "SSOError"


def test_explaining_imports_no_library_of_aws() -> None:
    code = (
        "import sys, awstui.errors as e; e.explain(ValueError('x'));"
        "sys.exit(any(m.split('.')[0] in ('botocore', 'aiohttp') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
