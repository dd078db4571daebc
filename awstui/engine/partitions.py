"""Partitions and regions, as botocore's endpoint data has them."""

from __future__ import annotations

from functools import cache

from botocore.exceptions import UnknownRegionError

from awstui.engine import model
from awstui.engine.shared import endpoints


@cache
def partition(region: str) -> str:
    """The partition of a region: ``aws``, ``aws-cn``, ``aws-us-gov`` …; ``aws`` when unknown."""
    try:
        return str(endpoints().get_partition_for_region(region))
    except UnknownRegionError:
        return "aws"


@cache
def regions(service: str, within: str = "aws") -> tuple[str, ...]:
    """The regions of a partition where a service has an endpoint."""
    prefix = model.service(service).endpoint_prefix
    return tuple(sorted(endpoints().get_available_endpoints(prefix, within)))
