"""Lambda: lists that page, and the account's limits."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda.responses import LambdaResponse

from awstui.demo.extensions import page, replace

PAGE = 50
"""What Lambda answers at most, and by default."""

ACCOUNT_LIMIT = {
    "TotalCodeSize": 80_530_636_800,
    "CodeSizeUnzipped": 262_144_000,
    "CodeSizeZipped": 52_428_800,
    "ConcurrentExecutions": 1000,
}


def _paged(self: LambdaResponse, key: str, rows: list[dict[str, Any]]) -> str:
    marker = self.querystring.get("Marker", [None])[0]
    most = int(self.querystring.get("MaxItems", [PAGE])[0])
    shown, token = page(rows, marker, max(1, min(most, PAGE)))
    return json.dumps({key: shown, "NextMarker": token} if token else {key: shown})


@replace(LambdaResponse, "list_functions")
def list_functions(self: LambdaResponse) -> str:
    """ListFunctions, the names in order."""
    version = self.querystring.get("FunctionVersion", [None])[0]
    functions = [f.get_configuration() for f in self.backend.list_functions(version)]
    return _paged(self, "Functions", sorted(functions, key=lambda f: f["FunctionName"]))


@replace(LambdaResponse, "list_versions_by_function")
def list_versions_by_function(self: LambdaResponse) -> str:
    """ListVersionsByFunction."""
    found = self.backend.list_versions_by_function(self.path.split("/")[-2])
    return _paged(self, "Versions", [version.get_configuration() for version in found])


@replace(LambdaResponse, "list_aliases")
def list_aliases(self: LambdaResponse) -> str:
    """ListAliases, of one version where one is asked for."""
    found = [alias.to_json() for alias in self.backend.list_aliases(self.path.split("/")[-2])]
    version = self.querystring.get("FunctionVersion", [None])[0]
    kept = [alias for alias in found if version in {None, alias["FunctionVersion"]}]
    return _paged(self, "Aliases", kept)


@replace(LambdaResponse, "list_event_source_mappings")
def list_event_source_mappings(self: LambdaResponse) -> str:
    """ListEventSourceMappings, by source, by function or all."""
    source = self.querystring.get("EventSourceArn", [None])[0]
    function = self.querystring.get("FunctionName", [None])[0]
    if function:
        function = self.backend.get_function(function, None).function_arn
    found = [
        one.get_configuration()
        for one in self.backend.list_event_source_mappings("", "")
        if source in {None, one.event_source_arn} and function in {None, one.function_arn}
    ]
    return _paged(self, "EventSourceMappings", found)


@replace(LambdaResponse, "get_account_settings")
def get_account_settings(self: LambdaResponse) -> str:
    """GetAccountSettings."""
    functions = list(self.backend.list_functions(None))
    reserved = sum(int(f.reserved_concurrency or 0) for f in functions)
    free = ACCOUNT_LIMIT["ConcurrentExecutions"] - reserved
    usage = {
        "TotalCodeSize": sum(f.get_configuration()["CodeSize"] for f in functions),
        "FunctionCount": len(functions),
    }
    limit = {**ACCOUNT_LIMIT, "UnreservedConcurrentExecutions": free}
    return json.dumps({"AccountLimit": limit, "AccountUsage": usage})


def _add_path() -> None:
    from moto.awslambda import urls

    urls.url_paths[r"{0}/(?P<api_version>[^/]+)/account-settings/?$"] = LambdaResponse.dispatch


_add_path()
