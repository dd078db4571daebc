"""How a log group is named: by its name where it is our account's, by its ARN where it is another's."""

from __future__ import annotations

from awstui.plugin import Row


def group_arn(row: Row) -> str:
    """The ARN as the rest of AWS writes it, without the star at its end."""
    return str(row.get("logGroupArn") or row.get("arn") or "").removesuffix(":*")


def account_of(row: Row) -> str:
    """The account that owns a group; empty when its ARN does not say."""
    parts = group_arn(row).split(":")
    return parts[4] if len(parts) > 4 else ""


def is_linked(row: Row, account: str) -> bool:
    """Whether another account than that one owns a group."""
    return bool(account and account_of(row) not in ("", account))


def group_of(row: Row, account: str) -> str:
    """How to name a group: by its ARN where another account owns it."""
    return group_arn(row) if is_linked(row, account) else str(row["logGroupName"])


def shown_name(row: Row, account: str) -> str:
    """The name of a group for a person, with the account where another one owns it."""
    of = f" of {account_of(row)}" if is_linked(row, account) else ""
    return f"{row['logGroupName']}{of}"


def named(group: str) -> Row:
    """The argument of a call that names a group: its name or its ARN."""
    if group.startswith("arn:"):
        return {"logGroupIdentifier": group.removesuffix(":*")}
    return {"logGroupName": group}


def identity(group: Row) -> Row:
    """What rows below a group keep of it, so that calls for them find it."""
    arn = group_arn(group)
    return {"logGroupName": group["logGroupName"], **({"logGroupArn": arn} if arn else {})}
