"""The tables behind :func:`awstui.errors.explain`: one line for each kind of trouble."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from awstui.errors import THROTTLED, Attempt, Said
from awstui.wire import Problem


class Line(NamedTuple):
    """What is told of one kind of trouble; the words in braces are filled in."""

    kind: str
    what: str
    why: str = ""
    do: str = ""


_LOGIN = (
    "Log in again: `aws sso login{profile_flag}` for SSO, `aws login{profile_flag}` for a console "
    "session, or renew the keys; then retry."
)
_CONFIG = "Correct it in ~/.aws/config or ~/.aws/credentials, or choose another profile."
_RETRY = "It is tried again at the next refresh."
_OFFLINE = "Check the network, the VPN and the proxy settings (HTTPS_PROXY, NO_PROXY)."

DENIED = Line(
    "denied",
    "{principal} may not {action}.",
    "{message}",
    "Ask for {action} to be allowed, or use a profile that has it.",
)
EXPLICITLY_DENIED = DENIED._replace(
    why="A policy denies it explicitly, whatever else allows it: {message}",
    do="Only whoever owns that policy can change it; or use another profile.",
)
EXPIRED = Line("expired", "The session of {who} has expired.", "{message}", _LOGIN)
INVALID = Line(
    "credentials",
    "AWS does not accept the credentials of {who}.",
    "The key is unknown, was deleted, or is not valid in {region}: {message}",
    "Check the keys of the profile; a region that must be switched on first gives the same answer.",
)
SKEWED = Line(
    "credentials",
    "AWS rejected the signature of {action}.",
    "The secret key is wrong, or this machine's clock is off: {message}",
    "Compare the clock with `date -u`; set it right or renew the keys.",
)
TOO_MANY = Line(
    "throttled",
    "AWS asks for fewer calls: {action} was throttled.",
    "The account's rate in {region} is shared with everything else that calls it.",
    "The calls slow down by themselves; retry in a while.",
)
MISSING = Line(
    "missing", "{action}: what was asked for is not there.", "{message}", "Refresh the list."
)
DISABLED = Line(
    "credentials",
    "The region {region} is not enabled for this account.",
    "{message}",
    "Choose another region, or have it enabled in the account's settings.",
)
UNSUPPORTED = Line(
    "fault",
    "{action} is not supported by this endpoint.",
    "{where} answered with {status}, as an endpoint does that lacks the operation.",
    "Another endpoint may have it; nothing is wrong with your account.",
)
FAILED = Line(
    "fault",
    "{action} failed inside AWS ({status}).",
    "{message}",
    "Retry; see the AWS Health Dashboard if it stays.",
)
KEY_DENIED = Line(
    "denied",
    "{principal} may call {action}, but not use the KMS key behind it.",
    "{message}",
    "Ask for kms:Decrypt (and kms:GenerateDataKey to send) on that key.",
)
KEY_BROKEN = Line(
    "error",
    "The KMS key behind {action} cannot be used.",
    "{message}",
    "Look at the key's state and policy in KMS.",
)
INVALID_REQUEST = Line("error", "AWS did not accept {action}: {message}")


def _by_code(*rows: tuple[Line, str]) -> dict[str, Line]:
    return {code: line for line, codes in rows for code in codes.split()}


CODES: Mapping[str, Line] = _by_code(
    (
        DENIED,
        (
            "AccessDenied AccessDeniedException UnauthorizedOperation UnauthorizedAccess AuthorizationError "
            "AuthorizationErrorException NotAuthorized NotAuthorizedException InsufficientPrivilegesException "
            "ForbiddenException Forbidden UnauthorizedException 403"
        ),
    ),
    (
        EXPIRED,
        "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired CredentialsExpired",
    ),
    (
        INVALID,
        (
            "InvalidClientTokenId UnrecognizedClientException UnrecognizedClient InvalidAccessKeyId AuthFailure "
            "IncompleteSignature InvalidToken MissingAuthenticationToken MissingAuthenticationTokenException "
            "InvalidSecurity 401"
        ),
    ),
    (
        SKEWED,
        "SignatureDoesNotMatch InvalidSignatureException RequestTimeTooSkewed RequestInTheFuture",
    ),
    (DISABLED, "OptInRequired RegionDisabledException InvalidRegion"),
    (KEY_DENIED, "KmsAccessDenied KMSAccessDeniedException"),
    (
        KEY_BROKEN,
        (
            "KmsDisabled KmsInvalidState KmsNotFound KmsOptInRequired KmsInvalidKeyUsage KMSDisabledException "
            "KMSInvalidStateException KMSNotFoundException"
        ),
    ),
    (
        MISSING,
        (
            "QueueDoesNotExist NonExistentQueue NotFound NotFoundException NoSuchEntity NoSuchBucket NoSuchKey "
            "ResourceNotFound ResourceNotFoundException DoesNotExist"
        ),
    ),
    (UNSUPPORTED, "404 405 500 501 NotImplemented InternalFailureHtml UnknownOperationException"),
    (
        FAILED,
        (
            "InternalFailure InternalError InternalServerError InternalServerException ServiceException "
            "ServiceUnavailable ServiceUnavailableException 502 503 504"
        ),
    ),
    (TOO_MANY, " ".join(THROTTLED)),
)
"""By the code in AWS's answer; what only a number says, the answer had no code."""

CONNECT = Line("offline", "{where} cannot be reached for {action}.", "{text}", _OFFLINE)
UNKNOWN_OUTCOME = Line(
    "unknown",
    "Whether {action} happened is unknown: no answer came.",
    "The request went out, and may have been carried out: {text}",
    "Look at the resource before you do it again.",
)
TIMED_OUT = Line(
    "offline", "{action} did not answer{within}.", "{where} is slow or out of reach.", _RETRY
)
NO_CREDENTIALS = Line(
    "credentials",
    "There are no credentials for {who}.",
    "No environment variables, no profile, no container or instance role gave any.",
    "Run `aws configure sso` or `aws configure`, or set AWS_PROFILE; then retry.",
)
SSO = Line(
    "expired",
    "The SSO session of {who} is not valid any more.",
    "{text}",
    "Run `aws sso login{profile_flag}` in another terminal, then retry.",
)
LOGIN = Line(
    "expired",
    "The console session of {who} is not valid any more.",
    "{text}",
    "Run `aws login{profile_flag}` in another terminal, then retry.",
)
BAD_FILE = Line("credentials", "The AWS configuration of {who} cannot be used.", "{text}", _CONFIG)
STRANGE = Line(
    "fault",
    "{action}: the answer is not from AWS.",
    "{text} A captive portal, a proxy or another server may stand at {where}.",
    _OFFLINE,
)

LOCAL: Mapping[str, Line] = {
    "NoCredentialsError": NO_CREDENTIALS,
    "PartialCredentialsError": BAD_FILE,
    "CredentialRetrievalError": Line(
        "credentials", "The credentials of {who} could not be fetched.", "{text}", _CONFIG
    ),
    "MetadataRetrievalError": Line(
        "credentials", "The instance or container gave no credentials.", "{text}", "Check its role."
    ),
    "ProfileNotFound": Line("credentials", "There is no profile {profile!r}.", "{text}", _CONFIG),
    "ConfigParseError": BAD_FILE,
    "ConfigNotFound": BAD_FILE,
    "InvalidConfigError": BAD_FILE,
    "InfiniteLoopConfigError": BAD_FILE,
    "UnknownCredentialError": BAD_FILE,
    "UnicodeDecodeError": BAD_FILE,
    "KeyError": Line(
        "credentials",
        "A cached login of {who} is damaged: it lacks {text}.",
        "A file under ~/.aws/sso/cache or ~/.aws/cli/cache is incomplete.",
        _LOGIN,
    ),
    "FileNotFoundError": Line(
        "credentials", "A file that the credentials of {who} need is missing.", "{text}", _CONFIG
    ),
    "PermissionError": Line(
        "credentials",
        "A file that the credentials of {who} need may not be read.",
        "{text}",
        _CONFIG,
    ),
    "SSOTokenLoadError": SSO,
    "UnauthorizedSSOTokenError": SSO,
    "TokenRetrievalError": SSO,
    "NoAuthTokenError": SSO,
    "SSOError": SSO,
    "LoginError": LOGIN,
    "MissingDependencyException": Line(
        "credentials",
        "The credentials of {who} need a package that is not installed.",
        "{text}",
        "Install `botocore[crt]` beside awstui, or use another profile.",
    ),
    "RefreshWithMFAUnsupportedError": EXPIRED._replace(why="The role asks for MFA again: {text}"),
    "NoRegionError": Line(
        "credentials",
        "No region is set.",
        "{text}",
        "Give --region, set AWS_REGION, or put region into the profile in ~/.aws/config.",
    ),
    "InvalidRegionError": Line(
        "credentials", "{region!r} is no region.", "{text}", "Choose another region."
    ),
    "UnknownEndpointError": DISABLED._replace(
        what="There is no {action} in {region}.", why="{text}"
    ),
    "EndpointProviderError": Line(
        "error", "No endpoint for {action} can be worked out.", "{text}", _CONFIG
    ),
    "EndpointConnectionError": CONNECT,
    "ConnectTimeoutError": CONNECT,
    "ConnectionClosedError": Line(
        "offline", "{where} closed the connection during {action}.", "{text}", _RETRY
    ),
    "ProxyConnectionError": CONNECT._replace(what="The proxy cannot be reached for {action}."),
    "SSLError": Line(
        "offline",
        "The connection to {where} is not trusted.",
        "{text}",
        "A proxy that opens TLS needs its certificate in AWS_CA_BUNDLE; http endpoints need http://.",
    ),
    "ReadTimeoutError": TIMED_OUT,
    "TimeoutError": TIMED_OUT,
    "ClientPayloadError": Line("fault", "The answer to {action} was cut off.", "{text}", _RETRY),
    "ResponseStreamingError": Line(
        "fault", "The answer to {action} was cut off.", "{text}", _RETRY
    ),
    "IncompleteReadError": Line("fault", "The answer to {action} was cut off.", "{text}", _RETRY),
    "HTTPClientError": CONNECT,
    "ResponseParserError": UNSUPPORTED._replace(
        why="{where} answered with something that is no answer of this service: {text}"
    ),
    "UnexpectedResponse": STRANGE,
    "ParamValidationError": Line("error", "The arguments of {action} are not valid.", "{text}"),
    "MissingParametersError": Line("error", "{action} lacks an argument.", "{text}"),
}
"""By the class of an error that came without an answer."""

_NEVER_SENT = (
    "ClientConnectorError",
    "ClientConnectorDNSError",
    "ClientConnectorCertificateError",
    "gaierror",
)
_UNCERTAIN = frozenset(
    (
        "EndpointConnectionError",
        "ConnectionClosedError",
        "ReadTimeoutError",
        "TimeoutError",
        "ClientPayloadError",
        "ResponseStreamingError",
        "IncompleteReadError",
        "HTTPClientError",
        "UnexpectedResponse",
        "ResponseParserError",
    )
)
_ACTION = re.compile(r"not authorized to perform:? (?:\()?([a-z0-9-]+:[A-Za-z0-9*]+)")
_PRINCIPAL = re.compile(r"(?:User|Principal):? (arn:[^\s]+) is not authorized")


def problem_for(said: Said, attempt: Attempt) -> Problem:
    """The problem that an error is, when that was attempted."""
    line = _line(said, attempt)
    words = _words(said, attempt)
    return Problem(
        what=_fill(line.what, words),
        why=_fill(line.why, words),
        do=_fill(line.do, words),
        action=words["action"] if line.kind == "denied" and attempt.action + said.message else "",
        code=said.code or said.name,
        request_id=said.request_id,
        kind=line.kind,
    )


def _line(said: Said, attempt: Attempt) -> Line:
    if said.answered:
        return _answered(said, attempt)
    if attempt.write and said.name in _UNCERTAIN and not _never_sent(said):
        return UNKNOWN_OUTCOME
    found = LOCAL.get(said.name)
    return found or Line(
        "fault", "{action} failed: {name}: {text}", "This is not an answer of AWS.", ""
    )


def _answered(said: Said, attempt: Attempt) -> Line:
    code = said.code.rsplit("#", 1)[-1].rsplit(".", 1)[-1]
    line = CODES.get(code) or CODES.get(said.name)
    if line is None and said.status == 429:
        line = TOO_MANY
    if line is None and code.endswith(
        ("NotFound", "NotFoundException", "DoesNotExist", "DoesNotExistException")
    ):
        line = MISSING
    if line is None and said.status >= 500:
        line = FAILED
    if line is DENIED and "explicit deny" in said.message:
        return EXPLICITLY_DENIED
    if line is DENIED and "expired" in said.message.lower() and "token" in said.message.lower():
        return EXPIRED
    if line is UNSUPPORTED and ":Head" in attempt.action:
        return MISSING
    if line is UNSUPPORTED and not attempt.endpoint:
        return FAILED if said.status >= 500 else INVALID_REQUEST
    return line or INVALID_REQUEST


def _never_sent(said: Said) -> bool:
    """Whether no byte of the request can have reached AWS."""
    inner = said.extra.get("error")
    return inner is not None and any(kind.__name__ in _NEVER_SENT for kind in type(inner).__mro__)


def _words(said: Said, attempt: Attempt) -> dict[str, str]:
    action = _ACTION.search(said.message)
    principal = _PRINCIPAL.search(said.message)
    profile = attempt.profile
    within = f" within {attempt.deadline:g} s" if attempt.deadline else ""
    return {
        "action": action[1] if action else attempt.action or "the call",
        "principal": principal[1] if principal else attempt.principal or "This identity",
        "message": said.message or said.code or said.text,
        "text": f"no answer{within}" if said.name == "TimeoutError" else said.text,
        "name": said.name,
        "status": str(said.status or "an error"),
        "profile": profile,
        "profile_flag": f" --profile {profile}" if profile and profile != "default" else "",
        "who": f"profile {profile}" if profile else "this machine",
        "region": attempt.region or "this region",
        "where": attempt.endpoint or said.extra.get("endpoint_url") or "AWS",
        "within": within,
    }


def _fill(template: str, words: dict[str, str]) -> str:
    filled = template.format_map(words).strip()
    return filled if filled != "None" else ""
