"""Amazon S3: buckets, what lies in them folder by folder, and the versions of an object."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Tone

OLD_NAMES = {"EU": "eu-west-1"}
"""What GetBucketLocation still calls a region; it has no word at all for us-east-1."""


async def region_of(aws: Aws, bucket: Row) -> str:
    """The region a bucket lies in: as the list said, or asked for where an endpoint does not say."""
    if bucket.get("BucketRegion"):
        return str(bucket["BucketRegion"])
    name = bucket.get("Bucket") or bucket["Name"]
    where = (await aws.read("get_bucket_location", Bucket=name)).get("LocationConstraint") or ""
    return OLD_NAMES.get(where, where) or "us-east-1"


async def with_region(aws: Aws, row: Row) -> Row:
    """A bucket with its region, which AWS tells in the list and other endpoints may not."""
    return row if row.get("BucketRegion") else {**row, "BucketRegion": await region_of(aws, row)}


async def list_objects(aws: Aws, parent: Row) -> AsyncIterator[Row]:
    """The folders and objects of a bucket or of a folder; of an object, its versions."""
    bucket = parent.get("Bucket") or parent["Name"]
    at = {"Bucket": bucket, "BucketRegion": await region_of(aws, parent)}
    there = aws.at(region=at["BucketRegion"])
    if "Key" in parent:
        async for row in list_versions(there, bucket, parent["Key"]):
            yield {**row, **at}
        return
    arguments = {"Bucket": bucket, "Prefix": parent.get("Prefix", ""), "Delimiter": "/"}
    async for page in there.pages("list_objects_v2", **arguments):
        for row in (*(page.get("CommonPrefixes") or ()), *(page.get("Contents") or ())):
            yield {**row, **at}


async def list_versions(aws: Aws, bucket: str, key: str) -> AsyncIterator[Row]:
    """Every version of one object, and the markers that say it was deleted."""
    async for page in aws.pages("list_object_versions", Bucket=bucket, Prefix=key):
        gone = [{**row, "Deleted": True} for row in page.get("DeleteMarkers") or ()]
        for row in (*(page.get("Versions") or ()), *gone):
            if row["Key"] == key:
                yield row
        if (page.get("NextKeyMarker") or key) != key:
            return  # what follows has other names that begin the same way


def is_folder(row: Row) -> bool:
    """Whether a row stands for all keys that begin alike."""
    return "Prefix" in row


def name(row: Row) -> str:
    """The last part of a key; a folder keeps its slash, and the key a folder is named by is a dot."""
    if is_folder(row):
        return f"{row['Prefix'][:-1].rsplit('/', 1)[-1]}/"
    return row["Key"].rsplit("/", 1)[-1] or "."


def object_says(row: Row) -> str:
    """What to know before reading an object."""
    restore = row.get("RestoreStatus") or {}
    if row.get("Deleted"):
        return "deleted here" if row.get("IsLatest") else "was deleted here"
    if restore.get("IsRestoreInProgress"):
        return "being restored from the archive"
    if row.get("StorageClass") in ("GLACIER", "DEEP_ARCHIVE") and not restore:
        return "in the archive: restore it before it can be read"
    return "current version" if row.get("IsLatest") and row.get("VersionId") != "null" else ""


def object_tone(row: Row) -> Tone:
    """How an object is."""
    return "warn" if row.get("Deleted") else ""


async def describe_object(aws: Aws, row: Row) -> Any:
    """The headers of an object; of a folder only what it is called."""
    if is_folder(row) or row.get("Deleted"):
        return row
    version = {n: row[n] for n in ("VersionId",) if row.get(n) not in (None, "null")}
    there = aws.at(region=row["BucketRegion"])
    found = await there.read("head_object", Bucket=row["Bucket"], Key=row["Key"], **version)
    return {**row, **{n: value for n, value in found.items() if n != "ResponseMetadata"}}


buckets = Resource(
    name="buckets",
    rows="list_buckets",
    # With a page size AWS pages the list, and tells each bucket's region.
    arguments={"MaxBuckets": 1000},
    pick="Buckets",
    enrich=with_region,
    child="objects",
    every=300.0,
    arn=lambda row: row.get("BucketArn") or f"arn:aws:s3:::{row['Name']}",
    columns=(
        Column("Bucket", "Name", rank=0),
        Column("Region", "BucketRegion", rank=0),
        Column("Created", "CreationDate", kind="age", rank=0),
    ),
)

objects = Resource(
    name="objects",
    rows=list_objects,
    given={"Bucket": "Bucket || Name"},
    key=lambda row: " ".join(filter(None, (row.get("Prefix") or row["Key"], row.get("VersionId")))),
    arn=lambda row: f"arn:aws:s3:::{row['Bucket']}/{row['Key']}" if "Key" in row else None,
    child="objects",
    every=0.0,  # each page of a list is paid for
    describe=describe_object,
    columns=(
        Column("Name", name, rank=0, tone=object_tone),
        Column("Size", kind="bytes", rank=0),
        Column("Modified", "LastModified", kind="age", rank=0),
        Column("Class", "StorageClass", rank=1, tone={"STANDARD": "muted"}),
        Column("Version", "VersionId", rank=2),
        Column("Note", object_says, rank=0, tone=object_tone),
    ),
    links=(Link("bucket", "buckets", "Bucket", key="u"),),
)

plugin = Plugin(
    name="s3",
    title="S3",
    aliases=("buckets",),
    resources=(buckets, objects),
    is_global=True,
)
