"""Route 53: hosted zones and the records in them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from awstui.plugin import Aws, Column, Plugin, Resource, Row, Tone


def zone_id(zone: Row) -> str:
    """The zone's id as people write it: AWS puts ``/hostedzone/`` before it."""
    return str(zone["Id"]).rpartition("/")[2]


def plain_name(named: Row) -> str:
    """The DNS name without its last dot and its escapes, which AWS writes for ``*`` and ``@``."""
    return str(named["Name"]).replace("\\052", "*").replace("\\100", "@").rstrip(".") or "."


def targets(record: Row) -> str:
    """Where the record leads: its values, or the alias it stands for."""
    if alias := record.get("AliasTarget"):
        return f"→ {alias['DNSName']}".rstrip(".")
    return ", ".join(value["Value"] for value in record.get("ResourceRecords", ()))


def routing(record: Row) -> str | None:
    """Why this record answers and not its twin of the same name and type."""
    if "Weight" in record:
        return f"weight {record['Weight']}"
    place = record.get("GeoLocation", {})
    country = place.get("CountryCode") or place.get("ContinentCode")
    other = "multivalue" if record.get("MultiValueAnswer") else None
    return record.get("Failover") or record.get("Region") or country or other


def record_key(record: Row) -> str:
    """Name and type are not enough: weighted records share both."""
    parts = (plain_name(record), record["Type"], record.get("SetIdentifier", ""))
    return " ".join(filter(None, parts))


async def list_records(aws: Aws, zone: Row) -> AsyncIterator[Row]:
    """Every record of a zone, each with the zone it is in: AWS leaves that out."""
    async for record in aws.rows("list_resource_record_sets", HostedZoneId=zone["Id"]):
        yield {**record, "HostedZoneId": zone["Id"]}


def privacy(zone: Row) -> Tone:
    """A private zone answers only inside its networks: quiet beside the public ones."""
    return "muted" if zone["Config"].get("PrivateZone") else ""


zones = Resource(
    name="zones",
    title="Hosted zones",
    rows="list_hosted_zones",
    key=zone_id,
    columns=(
        Column("Name", plain_name, rank=0),
        Column("Kind", "Config.PrivateZone && 'private' || 'public'", tone=privacy),
        Column("Records", "ResourceRecordSetCount", kind="number"),
        Column("Comment", "Config.Comment", rank=2),
        Column("Id", zone_id, rank=2),
    ),
    describe=("get_hosted_zone", {"Id": "Id"}),
    child="records",
    every=60,
)

records = Resource(
    name="records",
    rows=list_records,
    key=record_key,
    columns=(
        Column("Name", plain_name, rank=0),
        Column("Type", tone={"NS": "muted", "SOA": "muted"}),
        Column("TTL", kind="duration", rank=2),
        Column("Value", targets),
        Column("Routing", routing, rank=2),
        Column("Health check", "HealthCheckId", rank=3),
    ),
    every=60,
)


@records.action("t", "Ask Route 53", effect="touch")
async def ask(aws: Aws, record: Row) -> str:
    """Ask Route 53 itself what it answers for this name, past every cache."""
    answer = await aws.read(
        "test_dns_answer",
        HostedZoneId=record["HostedZoneId"],
        RecordName=record["Name"],
        RecordType=record["Type"],
    )
    return f"{answer['ResponseCode']}: {', '.join(answer['RecordData']) or 'nothing'}"


plugin = Plugin(
    name="route53",
    title="Route 53",
    resources=(zones, records),
    aliases=("r53", "dns"),
    is_global=True,
)
