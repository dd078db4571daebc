"""The shop's hosted zones and records."""

from __future__ import annotations

from typing import Any

from moto.route53.models import route53_backends

from awstui.demo.fleet import ACCOUNT, REGION

PUBLIC = "shop.example."
PRIVATE = "internal.shop.example."


def _plain(name: str, kind: str, ttl: int, *values: str, **more: Any) -> dict[str, Any]:
    records = [{"Value": value} for value in values]
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": records, **more}


def _alias(name: str, target: str) -> dict[str, Any]:
    aliased = {"HostedZoneId": "Z2FDTNDATAQYW2", "DNSName": target, "EvaluateTargetHealth": "false"}
    return {"Name": name, "Type": "A", "AliasTarget": aliased}


WEIGHTED = (
    _plain(f"api.{PUBLIC}", "A", 60, "203.0.113.10", Weight="90", SetIdentifier="live"),
    _plain(f"api.{PUBLIC}", "A", 60, "203.0.113.20", Weight="10", SetIdentifier="canary"),
)
"""The records of the API, which share its requests."""

RECORDS: dict[str, tuple[dict[str, Any], ...]] = {
    PUBLIC: (
        _alias(PUBLIC, "d111111abcdef8.cloudfront.net."),
        _plain(PUBLIC, "MX", 3600, "10 mx1.mail.example.", "20 mx2.mail.example."),
        _plain(PUBLIC, "TXT", 300, '"v=spf1 include:amazonses.com -all"'),
        _plain(f"www.{PUBLIC}", "CNAME", 300, "shop.example."),
        *WEIGHTED,
        _plain(f"status.{PUBLIC}", "CNAME", 60, "status.pages.example."),
        _plain(f"mail._domainkey.{PUBLIC}", "TXT", 1800, '"v=DKIM1; k=rsa; p=MIGfMA0GCSq"'),
        _plain(f"*.preview.{PUBLIC}", "A", 60, "203.0.113.99"),
    ),
    PRIVATE: tuple(
        _plain(f"{name}.{PRIVATE}", "A", 30, f"10.0.3.{number}")
        for number, name in enumerate(("orders-db", "cart-cache", "search", "erp", "bastion"), 11)
    ),
    "shop-old.example.": (),
}


def seed() -> None:
    """Make the zones; Route 53 has no region, moto keeps it under the partition."""
    backend = route53_backends[ACCOUNT]["aws"]
    for name, records in RECORDS.items():
        private = name == PRIVATE
        zone = backend.create_hosted_zone(
            name,
            private,
            vpcid="vpc-0a1b2c3d4e5f60718" if private else None,
            vpcregion=REGION if private else None,
            comment={PUBLIC: "The shop", PRIVATE: "Inside the VPC"}.get(name, "Redirects only"),
        )
        changes = [{"Action": "CREATE", "ResourceRecordSet": dict(record)} for record in records]
        backend.change_resource_record_sets(zone.id, changes)
