"""S3: folders that open deeper, the bucket's own region, and versions."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.plugin import Row
from awstui.testing import FakeAws
from plugins import s3
from tests.plugins.conftest import Show

BUCKET = {"Name": "shop", "BucketRegion": "eu-north-1"}


async def test_buckets_are_asked_for_so_that_their_region_is_told(show: Show) -> None:
    pages: list[Row] = [{"Buckets": [BUCKET]}, {"Buckets": [{"Name": "b"}]}]
    aws = FakeAws({"list_buckets": pages, "get_bucket_location": {}})
    rows = await show(s3.plugin, "buckets", aws)
    assert [row.cells["Region"] for row in rows] == ["eu-north-1", "us-east-1"]
    assert aws.calls == [
        ("list_buckets", {"MaxBuckets": 1000}),
        ("get_bucket_location", {"Bucket": "b"}),
    ]


class Regional(FakeAws):
    """Keeps the region that each call went to."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__(answers)
        self.regions: list[str] = []

    def _answer(self, operation: str, arguments: Row) -> list[Row]:
        self.regions.append(self.region)
        return super()._answer(operation, arguments)


async def test_folders_open_deeper_and_pages_are_followed(show: Show) -> None:
    def answer(Prefix: str, **_: Any) -> dict[str, Any]:  # noqa: N803  as the API calls it
        if not Prefix:
            return {"CommonPrefixes": [{"Prefix": "2024/"}], "Contents": [{"Key": "a", "Size": 3}]}
        return {"Contents": [{"Key": "2024/", "Size": 0}, {"Key": "2024/b.csv", "Size": 5}]}

    aws = Regional({"list_objects_v2": answer})
    folder, file = await show(s3.plugin, "objects", aws, BUCKET)
    assert (folder.cells["Name"], folder.cells["Size"]) == ("2024/", None)
    assert (file.cells["Name"], file.cells["Size"]) == ("a", 3)
    deeper = await show(s3.plugin, "objects", aws, folder.raw)
    assert [row.cells["Name"] for row in deeper] == [".", "b.csv"]
    assert [asked["Prefix"] for _, asked in aws.calls] == ["", "2024/"]
    assert all(asked["Delimiter"] == "/" for _, asked in aws.calls)
    assert set(aws.regions) == {"eu-north-1"}


@pytest.mark.parametrize(
    ("told", "region"),
    [({}, "us-east-1"), ({"LocationConstraint": "EU"}, "eu-west-1"),
     ({"LocationConstraint": "eu-south-2"}, "eu-south-2")],
)  # fmt: skip
async def test_a_region_that_the_list_does_not_tell_is_asked_for(
    show: Show, told: dict[str, str], region: str
) -> None:
    aws = Regional({"get_bucket_location": told, "list_objects_v2": {"Contents": [{"Key": "a"}]}})
    [row] = await show(s3.plugin, "objects", aws, {"Name": "shop"})
    assert aws.regions == ["eu-west-1", region]
    assert row.raw["BucketRegion"] == region


async def test_an_object_opens_to_its_own_versions_only(show: Show) -> None:
    page = {
        "Versions": [
            {"Key": "a", "VersionId": "2", "IsLatest": False},
            {"Key": "a.bak", "VersionId": "1", "IsLatest": True},
        ],
        "DeleteMarkers": [{"Key": "a", "VersionId": "3", "IsLatest": True}],
        "NextKeyMarker": "a.bak",
    }
    parent = {"Key": "a", "Bucket": "shop", "BucketRegion": "eu-north-1"}
    pages: list[Row] = [page, {"Versions": [{"Key": "a.bak", "VersionId": "0"}]}]
    aws = FakeAws({"list_object_versions": pages})
    rows = await show(s3.plugin, "objects", aws, parent)
    assert [(row.cells["Version"], row.cells["Note"]) for row in rows] == [
        ("2", ""),
        ("3", "deleted here"),
    ]
    assert rows[1].tones["Name"] == "warn"


async def test_what_lies_in_the_archive_says_so(show: Show) -> None:
    found: list[Row] = [
        {"Key": "a", "StorageClass": "DEEP_ARCHIVE"},
        {"Key": "b", "StorageClass": "GLACIER", "RestoreStatus": {"IsRestoreInProgress": True}},
        {"Key": "c", "StorageClass": "GLACIER", "RestoreStatus": {"IsRestoreInProgress": False}},
    ]
    rows = await show(
        s3.plugin, "objects", FakeAws({"list_objects_v2": {"Contents": found}}), BUCKET
    )
    assert [row.cells["Note"] for row in rows] == [
        "in the archive: restore it before it can be read",
        "being restored from the archive",
        "",
    ]


async def test_an_object_is_described_in_its_region_and_version() -> None:
    aws = Regional({"head_object": {"ContentType": "text/csv", "ResponseMetadata": {}}})
    row = {"Key": "a", "VersionId": "7", "Bucket": "shop", "BucketRegion": "eu-north-1"}
    assert (await s3.describe_object(aws, row))["ContentType"] == "text/csv"
    assert aws.calls == [("head_object", {"Bucket": "shop", "Key": "a", "VersionId": "7"})]
    assert aws.regions == ["eu-north-1"]


def test_odd_prefixes_keep_a_name() -> None:
    assert s3.name({"Prefix": "a/b/"}) == "b/"
    assert s3.name({"Prefix": "a//"}) == "/"
