"""Why there are no credentials: each way of failing in a sentence of its own, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from botocore.exceptions import ClientError

from awstui.engine.credentials import nearby
from awstui.engine.credentials.failure import Config, Failure
from awstui.engine.limits import is_throttling
from awstui.errors import Attempt, AwstuiError, explain
from awstui.wire import Problem

_ASKED = {"GetRoleCredentials": "sso", "CreateToken": "sso-oauth", "CreateOAuth2Token": "signin"}
"""From an operation that gets credentials to its service as IAM names it; the others are of STS."""

_RENEWS = "signin:CreateOAuth2Token"
_NETWORK = "Check the network, the VPN and the proxy settings; it is tried again by itself."


def sentence(error: BaseException, profile: str, config: Config) -> Problem:
    """What a person is told about an error that came while credentials were looked for."""
    if isinstance(error, AwstuiError):
        return error.problem
    failure = Failure(error, profile, config)
    if isinstance(error, ClientError):
        said = _answered(failure, error)
    else:
        known = (kind.__name__ for kind in type(error).__mro__)
        say = next((_SAY[name] for name in known if name in _SAY), None)
        said = say(failure) if say else None
    return said or explain(error, Attempt(action=_action(error), profile=profile))


def _action(error: BaseException) -> str:
    """What was asked for, as IAM names it."""
    operation = error.operation_name if isinstance(error, ClientError) else "GetCallerIdentity"
    return f"{_ASKED.get(operation, 'sts')}:{operation}"


# ---- what AWS answered -------------------------------------------------------------------------------


def _answered(failure: Failure, error: ClientError) -> Problem | None:
    """What STS, SSO or its OIDC endpoint refused."""
    told = error.response.get("Error", {})
    code, message = str(told.get("Code", "")), str(told.get("Message", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    if status >= 500 or is_throttling(code, status):
        return None  # it passes, and says nothing about whoever asked
    say = _REFUSED.get(error.operation_name)
    return say(failure, code, message) if say is not None else None


def _not_assigned(failure: Failure, code: str, message: str) -> Problem:
    role = f"{failure.login.get('sso_role_name')} in {failure.login.get('sso_account_id')}"
    return failure.say(
        f"The SSO login of {{who}} may not use the role {role}.",
        message or code,
        "Correct sso_account_id and sso_role_name in ~/.aws/config, or ask for the assignment.",
        "denied",
    )


def _web_identity(failure: Failure, code: str, message: str) -> Problem:
    return failure.say(
        "AWS does not accept the web identity token of {who}.",
        message or code,
        "Have the token file written anew, and compare the role's trust policy with its issuer.",
        "expired" if "xpired" in code + message else "credentials",
    )


def _console_session(failure: Failure, code: str, _message: str) -> Problem | None:
    return _login(failure) if code == "ValidationException" else None


def _role(failure: Failure, code: str, message: str) -> Problem | None:
    if "DurationSeconds" in message:
        return failure.say(
            f"The role of {{who}} is not given for {failure.told.get('duration_seconds', 'so many')} seconds.",
            message,
            "Lower duration_seconds in ~/.aws/config: to the role's maximum, or 3600 where a role assumes it.",
        )
    if "MFA" in message:
        return failure.say(
            f"AWS does not know the MFA device of {{who}}: {failure.told.get('mfa_serial', '')}",
            message,
            "Correct mfa_serial in ~/.aws/config; it must be a device of the user who assumes the role.",
        )
    if code != "AccessDenied":
        return None
    return Problem(
        f"Profile {failure.profile} may not assume {failure.told.get('role_arn', 'its role')}.",
        message,
        "Ask for sts:AssumeRole on it, and for its trust policy to name you.",
        action="sts:AssumeRole",
        code=code,
        kind="denied",
    )


_REFUSED: Mapping[str, Callable[[Failure, str, str], Problem | None]] = {
    "GetRoleCredentials": _not_assigned,
    "AssumeRoleWithWebIdentity": _web_identity,
    "CreateOAuth2Token": _console_session,
    "AssumeRole": _role,
}
"""By the operation, from what it answered."""


# ---- SSO and console sessions ------------------------------------------------------------------------


def _token_missing(failure: Failure) -> Problem:
    if "is invalid" in failure.text:
        return _damaged(failure)
    place = f"the session {failure.session}" if failure.session else "its start page"
    return failure.say(
        "Profile " + failure.profile + " is not logged in to SSO.",
        f"There is no token for {place} in ~/.aws/sso/cache.",
        failure.sso_login,
        "expired",
    )


def _token_refused(failure: Failure) -> Problem:
    if isinstance(failure.error.__context__, ClientError):
        return failure.say(
            "SSO does not accept the login of {who} any more.",
            "The token has not run out: the session was ended, or its access was taken away.",
            failure.sso_login,
            "expired",
        )
    return failure.say(
        "The SSO login of {who} has expired.",
        "Its token has no way to be renewed without you.",
        failure.sso_login,
        "expired",
    )


def _token_not_renewed(failure: Failure) -> Problem:
    from awstui.engine.credentials.caches import TokenCache
    from awstui.engine.credentials.sso import portal

    where = portal(dict(failure.config), failure.profile)
    try:
        renewable = where is not None and "refreshToken" in TokenCache()[where.cache_key]
    except KeyError:
        renewable = False
    if not renewable:
        return failure.say(
            "The SSO session of {who} has expired.",
            "Its token came without the means to renew it.",
            failure.sso_login,
            "expired",
        )
    return failure.say(
        "The SSO session of {who} is over: it could not be renewed.",
        "SSO no longer takes the token that renews it.",
        failure.sso_login,
        "expired",
    )


def _damaged(failure: Failure) -> Problem:
    console = "login_session" in failure.login
    return failure.say(
        "The cached login of {who} is damaged.",
        f"A file in ~/.aws/{'login' if console else 'sso'}/cache cannot be used: {failure.text}",
        _aws_login(failure) if console else failure.sso_login,
        "expired",
    )


def _login(failure: Failure) -> Problem:
    return failure.say(
        "Profile " + failure.profile + " is not logged in to the console."
        if failure.name == "LoginTokenLoadError"
        else "The console session of {who} is over.",
        failure.text,
        _aws_login(failure),
        "expired",
    )


def _login_denied(failure: Failure) -> Problem:
    told = failure.say(
        "The console session of {who} may not be renewed.",
        failure.text,
        f"Ask for {_RENEWS}. {_aws_login(failure)}",
        "expired",
    )
    told.action = _RENEWS
    return told


def _aws_login(failure: Failure) -> str:
    return f"Run `aws login{failure.flag}`; :login does it where the AWS command line is installed."


def _no_crt(failure: Failure) -> Problem:
    return failure.say(
        "A console session, as {who} has, needs a package that is not loaded.",
        failure.text,
        "Start awstui again, for it loads the package where a profile has such a session; if that does "
        "not help install `botocore[crt]` beside it.",
    )


def _unreachable(failure: Failure) -> Problem:
    url = str((getattr(failure.error, "kwargs", None) or {}).get("endpoint_url", ""))
    which = "SSO" if "sso_start_url" in failure.login or failure.session or "oidc" in url else "STS"
    if "login_session" in failure.login:
        which = "AWS Sign-In"
    return failure.say(
        f"{which} cannot be reached, so {{who}} has no credentials.",
        failure.text,
        _NETWORK,
        "offline",
    )


_SAY: Mapping[str, Callable[[Failure], Problem]] = {
    "SSOTokenLoadError": _token_missing,
    "UnauthorizedSSOTokenError": _token_refused,
    "TokenRetrievalError": _token_not_renewed,
    "LoginError": _login,
    "LoginInsufficientPermissions": _login_denied,
    "MissingDependencyException": _no_crt,
    "EndpointConnectionError": _unreachable,
    "ConnectTimeoutError": _unreachable,
    "ReadTimeoutError": _unreachable,
    "ConnectionClosedError": _unreachable,
    "CredentialRetrievalError": nearby.program,
    "JSONDecodeError": nearby.no_json,
    "FileNotFoundError": nearby.no_file,
    "PermissionError": nearby.no_file,
    "MetadataRetrievalError": nearby.metadata,
    "RuntimeError": nearby.still_over,
    "NoCredentialsError": nearby.nothing,
    "SkippedError": nearby.skipped,
    "ProfileNotFound": nearby.unknown,
    "PartialCredentialsError": nearby.partial,
    "ConfigParseError": nearby.malformed,
    "UnicodeDecodeError": nearby.no_utf8,
    "InfiniteLoopConfigError": nearby.loop,
    "InvalidConfigError": nearby.config,
    "KeyError": _damaged,
}
"""By the class of the error or of one it derives from."""
