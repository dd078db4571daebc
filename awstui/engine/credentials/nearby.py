"""What is said when the user's files, a program or the machine give no credentials."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from awstui.engine.credentials.caches import config_file, credentials_file, folder, shown
from awstui.engine.credentials.failure import Failure
from awstui.engine.credentials.machine import asks_metadata
from awstui.errors import Attempt, explain
from awstui.wire import Problem

NAMED = 4
"""Profiles that are named to somebody who has none."""

_FILES = "Correct it in ~/.aws/config or ~/.aws/credentials, or choose another profile."


# ---- programs, tokens of the web, metadata -----------------------------------------------------------


def program(failure: Failure) -> Problem:
    """A ``credential_process`` or a container failed."""
    provider = str((getattr(failure.error, "kwargs", None) or {}).get("provider", ""))
    why = str((getattr(failure.error, "kwargs", None) or {}).get("error_msg", "")) or failure.text
    if provider == "container-role":
        return failure.say(
            "The container gave {who} no credentials.",
            why,
            "Look at the task's role, and at AWS_CONTAINER_CREDENTIALS_FULL_URI or _RELATIVE_URI.",
        )
    if provider != "custom-process":
        return failure.say("The credentials of {who} could not be fetched.", why, _FILES)
    if "no answer within" in why:
        return failure.say(
            "The credential program of {who} hangs.",
            why,
            "Run its credential_process by hand: it may wait for a password or a browser.",
        )
    if "Unsupported version" in why or "Missing required key" in why:
        return failure.say(
            "The credential program of {who} answered in a form that is not its contract's.",
            why,
            "It has to print JSON with Version 1, AccessKeyId and SecretAccessKey.",
        )
    return failure.say(
        "The credential program of {who} failed.",
        why.strip() or "It ended with an error and said nothing.",
        "Run its credential_process by hand and see what it says.",
    )


def no_json(failure: Failure) -> Problem:
    """A program printed something else."""
    return failure.say(
        "The credential program of {who} printed something that is no JSON.",
        failure.text,
        "Whatever it says beside its answer has to go to standard error.",
    )


def no_file(failure: Failure) -> Problem:
    """A file is missing or closed."""
    path = str(getattr(failure.error, "filename", "") or failure.text)
    state = "is not there" if isinstance(failure.error, FileNotFoundError) else "may not be read"
    token = failure.told.get("web_identity_token_file") or os.environ.get(
        "AWS_WEB_IDENTITY_TOKEN_FILE", ""
    )
    if path == token:
        return failure.say(
            f"The web identity token of {{who}} {state}.",
            path,
            "Correct web_identity_token_file, or have the token written there.",
        )
    if path in str(failure.told.get("credential_process", "")):
        return failure.say(
            f"The credential program of {{who}} {state}.",
            path,
            "Correct credential_process, or install it.",
        )
    return failure.say(f"A file that {{who}} needs {state}.", path, _FILES)


def metadata(failure: Failure) -> Problem:
    """The metadata service gave none."""
    return failure.say(
        "The machine's metadata service gave {who} no credentials.",
        failure.text,
        "Look at the role of the instance or the task.",
    )


def still_over(failure: Failure) -> Problem:
    """What was given has expired already."""
    if "still expired" not in failure.text:
        return explain(failure.error, Attempt(profile=failure.profile))
    return failure.say(
        "What {who} was given has expired already.",
        "Fresh credentials came, and their end lies in the past.",
        "Compare the clock with `date -u`; otherwise whoever hands them out keeps old ones.",
        "expired",
    )


def over(problem: Problem, method: str) -> Problem:
    """The same of keys that are over, with what helps where they lie; ``method`` is botocore's name of the provider."""
    if problem.kind != "expired":
        return problem
    if method == "env":
        return replace(
            problem,
            what="The keys that the environment gave have expired.",
            do="Leave, renew them where they came from, and start awstui again: the environment of a "
            "program that runs stays as it was.",
        )
    if method in ("shared-credentials-file", "config-file"):
        path = shown(credentials_file() if method.startswith("shared") else config_file())
        return replace(
            problem, do=f"Renew the keys in {path}: they are read again as soon as it changes."
        )
    return problem


# ---- files -------------------------------------------------------------------------------------------


def nothing(failure: Failure) -> Problem:
    """No provider has any: each that was tried, and why it had none."""
    return failure.say(
        "There are no credentials for {who}.",
        f"Looked at: {', '.join(_tried(failure))}.",
        f"Run `aws configure sso` for SSO or `aws configure` for keys, or {_choose(failure)}.",
    )


def _choose(failure: Failure) -> str:
    """How one becomes somebody else, with the first of whom there are."""
    others = [name for name in failure.config.get("profiles", {}) if name != failure.profile]
    more = f" and {len(others) - NAMED} more" if len(others) > NAMED else ""
    there = f" ({', '.join(others[:NAMED])}{more})" if others else " that has some"
    return f"choose a profile{there}: :profile, or AWS_PROFILE"


def skipped(failure: Failure) -> Problem:
    """The person would not wait for a provider: for the instance's role, the last that was left, or another."""
    told = nothing(failure)
    if getattr(failure.error, "method", "") != "iam-role":
        told.why = f"You went on without waiting for it: {failure.text}."
    told.do = f"Type :login to ask again, or {_choose(failure)}."
    return told


def _tried(failure: Failure) -> Iterator[str]:
    keys = "AWS_ACCESS_KEY_ID" in os.environ
    yield f"the environment ({'passed over for the profile' if keys else 'AWS_ACCESS_KEY_ID is not set'})"
    for path in (config_file(), credentials_file()):
        state = f"nothing for {failure.profile}" if path.exists() else "no such file"
        yield f"{shown(path)} ({state})"
    contained = any(name.startswith("AWS_CONTAINER_CREDENTIALS_") for name in os.environ)
    yield f"a container's role ({'it gave none' if contained else 'none is offered here'})"
    if failure.name == "SkippedError":
        yield f"the instance's role (skipped: {failure.text})"
    elif asks_metadata():
        yield "the instance's role (the metadata service gave none)"
    elif os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
        yield "the instance's role (switched off by AWS_EC2_METADATA_DISABLED)"
    else:
        yield "the instance's role (not asked for: this machine is none of EC2's)"


def unknown(failure: Failure) -> Problem:
    """The profile does not exist."""
    return failure.say(
        "There is no profile {who}.".replace("profile {who}", f"profile {failure.profile}"),
        "Neither ~/.aws/config nor ~/.aws/credentials has it.",
        "Choose another: type :profile and Tab lists those there are.",
    )


def partial(failure: Failure) -> Problem:
    """Half of a key pair."""
    kwargs = getattr(failure.error, "kwargs", None) or {}
    return failure.say(
        f"The keys of {{who}} are not whole: {kwargs.get('cred_var', 'one')} is missing.",
        f"Found in {kwargs.get('provider', 'the files')}.",
        "Put key and secret into one place, ~/.aws/credentials or the environment.",
    )


def malformed(failure: Failure) -> Problem:
    """A file of the user's cannot be read."""
    kwargs = getattr(failure.error, "kwargs", None) or {}
    if isinstance(kwargs.get("error"), UnicodeDecodeError):
        return no_utf8(failure)
    path = kwargs.get("path", "~/.aws/config")
    return failure.say(
        f"{path} cannot be read, so {{who}} is not known.",
        failure.text,
        "Correct its form: `[profile NAME]` on a line of its own, then `key = value`.",
    )


def no_utf8(failure: Failure) -> Problem:
    """A file of the user's is in another encoding."""
    guilty = next((p for p in (folder() / "config", folder() / "credentials") if _odd(p)), None)
    return failure.say(
        f"{guilty or '~/.aws/config'} is not UTF-8, so {{who}} is not known.",
        failure.text,
        "Write the file anew in UTF-8.",
    )


def _odd(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return True
    except OSError:
        return False
    return False


def config(failure: Failure) -> Problem:
    """The profile's settings do not fit together."""
    source = str(failure.told.get("source_profile", ""))
    if source and source not in failure.config.get("profiles", {}):
        return failure.say(
            f"{{who}} takes its credentials from profile {source}, which does not exist.",
            failure.text,
            f"Correct source_profile in ~/.aws/config, or add profile {source}.",
        )
    if failure.session and failure.session not in failure.config.get("sso_sessions", {}):
        return failure.say(
            f"{{who}} logs in through sso-session {failure.session}, which does not exist.",
            failure.text,
            f"Add `[sso-session {failure.session}]` to ~/.aws/config: `aws configure sso-session`.",
        )
    return failure.say("What ~/.aws/config says of {who} cannot be used.", failure.text, _FILES)


def loop(failure: Failure) -> Problem:
    """Profiles that take their credentials from each other."""
    return failure.say(
        "The source_profile lines of {who} lead in a circle.",
        failure.text,
        "Let one of them have keys, a login or a credential_process of its own.",
    )
