"""Stored data: tables, buckets, the key."""

import re
from typing import Any

import pytest

from tests.support.shape import PARAMETERS, RESOURCES, TEMPLATE, as_list, expanded, of_type
from tools.cloud.emulator import ROOT

TABLES = of_type("AWS::DynamoDB::Table")
BUCKETS = of_type("AWS::S3::Bucket")
AWS_CODE = ROOT / "layers/registrar/python/registrar/aws/tables"
# Irreplaceable data: neither deleted with the stack nor lost to a bad write.
TABLES_FOR_GOOD = {"CustomersTable", "SessionsTable", "RegistrationsTable", "DenyListTable", "KeptStatesTable"} | {
    *("RelyingServicesTable", "NoticesTable"),
}
FOR_GOOD = TABLES_FOR_GOOD | {
    *("CustomerKey", "IdentityKey", "TrustBucket", "EvidenceBucket", "AuditBucket", "TrailBucket"),
    *("ReceiptKeyA", "ReceiptKeyB"),
}
# What may go with the stack, and why.
REPLACEABLE = {
    "UploadsTable": "a month of uploads: customers upload again",
    "IssuersTable": "learned again from certificates and issuers",
    "RevocationBucket": "issuers' lists, fetched again",
    "UploadBucket": "files of a day: customers upload again",
    "PageBucket": "files of a release",
    "SealingKeyA": "opens passwords that are sealed for minutes",
    "SealingKeyB": "opens passwords that are sealed for minutes",
    "RandomNumberKeyA": "opens R, which is sealed for minutes",
    "RandomNumberKeyB": "opens R, which is sealed for minutes",
}
# Their items last a month at most, and a restore would bring back used challenges and used tries.
SHORT_LIVED = {"ChallengesTable", "ThrottlesTable", "AnnouncementsTable", "TextsTable", "SessionUsesTable"} | {
    "SignatureRequestsTable"
}


def test_of_every_table_bucket_and_key_it_is_decided_whether_it_outlives_the_stack() -> None:
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")
    stores = {name for kind in kinds for name in of_type(kind, expanded())}

    assert stores == FOR_GOOD | REPLACEABLE.keys() | SHORT_LIVED
    assert not FOR_GOOD & (REPLACEABLE.keys() | SHORT_LIVED)
    retained = {name for name in stores if RESOURCES[name].get("DeletionPolicy", "Delete") != "Delete"}
    assert retained == FOR_GOOD


@pytest.mark.parametrize("name", TABLES)
def test_a_table_for_good_is_protected_from_deletion_in_prod(name: str) -> None:
    protected = {"Fn::If": ["GuardsTables", True, False]} if name in TABLES_FOR_GOOD else None

    assert TABLES[name].get("DeletionProtectionEnabled") == protected
    assert TEMPLATE["Conditions"]["GuardsTables"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}


@pytest.mark.parametrize("name", FOR_GOOD)
def test_irreplaceable_resources_are_retained(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "RetainExceptOnCreate"
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_and_billed_on_demand(name: str) -> None:
    assert TABLES[name]["SSESpecification"] == {"SSEEnabled": True}
    assert TABLES[name]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_point_in_time_recovery(name: str) -> None:
    recovery = TABLES[name].get("PointInTimeRecoverySpecification", {})

    assert recovery.get("PointInTimeRecoveryEnabled", False) is (name not in SHORT_LIVED)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_ttl_where_its_items_expire(name: str) -> None:
    table = re.sub(r"\B(?=[A-Z])", "_", name.removesuffix("Table")).lower()
    module = "upload_items" if table == "uploads" else table
    source = (AWS_CODE / f"{module}.py").read_text()
    expected = {"AttributeName": "ttl", "Enabled": True} if '"ttl"' in source else None

    assert TABLES[name].get("TimeToLiveSpecification") == expected


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_no_fixed_name(name: str) -> None:
    assert "TableName" not in TABLES[name]


def test_the_streams_that_events_come_from_have_old_and_new_images() -> None:
    streams = {name: table.get("StreamSpecification") for name, table in TABLES.items()}

    for name in ("RegistrationsTable", "SignatureRequestsTable"):
        assert streams.pop(name) == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert not any(streams.values())


def test_the_indexes_project_keys_only() -> None:
    indices = TABLES["RegistrationsTable"]["GlobalSecondaryIndexes"]

    assert [index["IndexName"] for index in indices] == ["by-expiry", "by-erasure", "by-unlisted"]
    assert [index["Projection"] for index in indices] == [{"ProjectionType": "KEYS_ONLY"}] * 3


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_private_and_encrypted(name: str) -> None:
    bucket = BUCKETS[name]

    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms")
    assert ("CorsConfiguration" in bucket) is (name == "UploadBucket")
    assert "WebsiteConfiguration" not in bucket


def test_pages_of_listed_origins_can_post_uploads_and_nothing_else() -> None:
    rules = [{"AllowedOrigins": {"Ref": "WebOrigins"}, "AllowedMethods": ["POST"], "MaxAge": 7200}]

    assert expanded()["UploadBucket"]["Properties"]["CorsConfiguration"] == {
        "Fn::If": ["HasWebOrigins", {"CorsRules": rules}, {"Ref": "AWS::NoValue"}]
    }


def test_uploads_are_not_versioned_and_expire_within_a_day() -> None:
    bucket = BUCKETS["UploadBucket"]

    assert "VersioningConfiguration" not in bucket
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert (rule["Status"], rule["ExpirationInDays"]) == ("Enabled", 1)
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert "Filter" not in rule
    assert "Prefix" not in rule


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("EvidenceBucket", "EvidenceRetentionDays"),
        ("AuditBucket", "AuditRetentionDays"),
        ("TrailBucket", "AuditRetentionDays"),
    ],
)
def test_evidence_can_be_neither_changed_nor_deleted_while_it_is_kept(name: str, period: str) -> None:
    bucket = expanded()[name]["Properties"]

    assert bucket["ObjectLockEnabled"] is True
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    retention = {"Mode": {"Ref": "EvidenceLockMode"}, "Days": {"Ref": period}}
    assert bucket["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": retention},
    }
    # Unless the bank says otherwise nobody can shorten it.
    assert PARAMETERS["EvidenceLockMode"]["Default"] == "COMPLIANCE"
    erase, tidy = bucket["LifecycleConfiguration"]["Rules"]
    # An object is hidden when its lock ends, and its version deleted a day later.
    assert erase["ExpirationInDays"] == retention["Days"]
    assert erase["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert tidy["ExpiredObjectDeleteMarker"] is True


def test_receipts_are_signed_by_keys_for_es256() -> None:
    for name in ("ReceiptKeyA", "ReceiptKeyB"):
        key = RESOURCES[name]["Properties"]
        assert (key["KeySpec"], key["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")


def test_every_version_of_the_trust_document_is_kept() -> None:
    assert BUCKETS["TrustBucket"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "LifecycleConfiguration" not in BUCKETS["TrustBucket"]


@pytest.mark.parametrize(
    ("bucket", "prefix", "queue"),
    [("UploadBucket", "uploads/", "ValidationQueue"), ("TrustBucket", "incoming/", "TrustQueue")],
)
def test_a_new_object_sends_a_message_to_its_queue(bucket: str, prefix: str, queue: str) -> None:
    (told,) = BUCKETS[bucket]["NotificationConfiguration"]["QueueConfigurations"]

    assert told["Event"] == "s3:ObjectCreated:*"
    assert told["Queue"] == {"Fn::GetAtt": [queue, "Arn"]}
    # A function's own objects are outside the prefix, otherwise it would trigger itself.
    assert told["Filter"] == {"S3Key": {"Rules": [{"Name": "prefix", "Value": prefix}]}}
    # S3 checks the queue before the bucket is created.
    assert RESOURCES[bucket]["DependsOn"] == f"{queue}Policy"


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_requires_tls(name: str) -> None:
    statement, *others = RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]

    # CloudFront reads the page's files (test_page.py); entries of the audit are only appended (test_audit.py).
    assert len(others) == {
        "PageBucket": 1,
        "AuditBucket": 3,
        "TrailBucket": 4,
        "TrustBucket": 4,
        "EvidenceBucket": 2,
    }.get(name, 0)

    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    arn = {"Fn::GetAtt": [name, "Arn"]}
    assert statement["Resource"] == [arn, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(
    ("bucket", "writers"),
    [
        (
            "TrustBucket",
            {
                "active/*": "ActivateTrust",
                "reports/trust.json": "ActivateTrust",
                "incoming/confirm.txt": "ConfirmTrust",
                "reports/reevaluation/*": "ReevaluateSegment",
            },
        ),
        ("EvidenceBucket", {"evidence/*": "SignRequest"}),
    ],
)
def test_what_decides_or_proves_has_one_writer_and_is_not_deleted(bucket: str, writers: dict[str, str]) -> None:
    """Whatever IAM gives to others, to an admin too: only a proposal of a trust document is free."""
    _, *others = RESOURCES[f"{bucket}Policy"]["Properties"]["PolicyDocument"]["Statement"]
    found = {}
    for each in others:
        assert (each["Effect"], each["Principal"]) == ("Deny", "*")
        if each["Sid"] == "NothingIsDeleted":
            assert each["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
            assert each["Resource"] == {"Fn::Sub": f"${{{bucket}.Arn}}/*"}
            continue
        assert each["Action"] == "s3:PutObject"
        role = each["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]["Fn::GetAtt"][0]
        for resource in as_list(each["Resource"]):
            found[resource["Fn::Sub"].removeprefix(f"${{{bucket}.Arn}}/")] = role.removesuffix("FunctionRole")

    assert found == writers


def test_the_key_is_rotated_and_deleted_after_a_waiting_period() -> None:
    key: dict[str, Any] = RESOURCES["CustomerKey"]["Properties"]

    assert key["EnableKeyRotation"] is True
    assert key["PendingWindowInDays"] == 30
    (statement,) = key["KeyPolicy"]["Statement"]
    assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
