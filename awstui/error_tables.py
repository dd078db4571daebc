"""The tables behind :func:`awstui.errors.explain`: one line for each kind of trouble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from awstui.errors import THROTTLED


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
CLOCK = Line(
    "credentials",
    "Your clock is {skew}: AWS refuses what is signed with it.",
    "{message}",
    "Set this machine's clock, such as with `timedatectl set-ntp true`; nothing else has to be done.",
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
UNKNOWN_HERE = DISABLED._replace(
    why="The same credentials work in {elsewhere}; in {region} AWS says: {message}",
    do="Choose another region, such as {elsewhere}, or have it enabled in the account's settings.",
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
SESSION_OVER = Line(
    "error",
    "AWS ended the session of {action}.",
    "It lasts for a limited time: {message}",
    "Another one can be begun.",
)
SESSION_BROKEN = Line(
    "error", "The session of {action} broke inside AWS.", "{message}", "Another one can be begun."
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
    (SESSION_OVER, "SessionTimeoutException"),
    (SESSION_BROKEN, "SessionStreamingException"),
    (TOO_MANY, " ".join(THROTTLED)),
)
"""By the code in AWS's answer; what only a number says, the answer had no code."""

CLOCK_MATTERS = (
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "RequestInTheFuture",
    "RequestExpired",
    "AuthFailure",
)
"""Codes by which AWS may mean the clock."""

TOLERATED = 240.0
"""Seconds by which a clock may be off; AWS itself bears five minutes."""

CONNECT = Line("offline", "{where} cannot be reached for {action}.", "{text}", _OFFLINE)
NO_SUCH_HOST = CONNECT._replace(
    what="{host} does not exist, so {action} cannot be asked.",
    why="The service has no endpoint in {region}, or it is misspelt, or DNS does not work here: {inner}",
    do="Choose another region or correct the endpoint; check the network and the VPN.",
)
DNS_SILENT = CONNECT._replace(
    what="{inner} So {host} could not be asked for {action}.",
    why="The name server of this machine is slow or out of reach.",
)
REFUSED = CONNECT._replace(
    what="Nothing listens at {where}: {action} was refused a connection.", why="{inner}"
)
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
    "{action}: the answer is not from AWS (a captive portal?).",
    "{text} A login page of the network, a proxy or another server may stand at {where}.",
    _OFFLINE,
)

CUT_OFF = Line("fault", "The answer to {action} was cut off.", "{text}", _RETRY)
NO_HTTP = Line(
    "offline",
    "What listens at {where} does not speak HTTP, so {action} got no answer.",
    "{text}",
    "Correct the endpoint's port, and https:// or http:// before it; or a proxy spoils what passes it.",
)
PROXY_LOGIN = Line(
    "offline",
    "The proxy wants a login before {action}.",
    "{text}",
    "Put user and password into HTTPS_PROXY, or add the endpoint to NO_PROXY.",
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
    "ClientPayloadError": CUT_OFF,
    "ResponseStreamingError": CUT_OFF,
    "IncompleteReadError": CUT_OFF,
    "ChecksumMismatch": Line(
        "fault", "The answer to {action} was damaged on its way.", "{text}", _RETRY
    ),
    "HTTPClientError": CONNECT,
    "ResponseParserError": UNSUPPORTED._replace(
        why="{where} answered with something that is no answer of this service: {text}"
    ),
    "UnexpectedResponse": STRANGE,
    "ProxyLogin": PROXY_LOGIN,
    "ParamValidationError": Line("error", "The arguments of {action} are not valid.", "{text}"),
    "MissingParametersError": Line("error", "{action} lacks an argument.", "{text}"),
}
"""By the class of an error that came without an answer."""
