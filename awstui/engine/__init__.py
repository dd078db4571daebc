"""The engine: the only importer of aiobotocore, botocore and boto3."""
