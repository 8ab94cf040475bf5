"""The page in AWS: private files, CloudFront in front, and what browsers are told about it."""

import re
from typing import Any

import pytest

from tests.support.shape import PARAMETERS, RESOURCES, TEMPLATE, expanded, references

OURS = ("PageBucket", "PageBucketPolicy", "PageAccess", "PageHeaders", "AssetHeaders", "Page")
DISTRIBUTION: dict[str, Any] = RESOURCES["Page"]["Properties"]["DistributionConfig"]
A_YEAR = 365 * 86400


def headers_of(name: str) -> dict[str, Any]:
    config: dict[str, Any] = RESOURCES[name]["Properties"]["ResponseHeadersPolicyConfig"]
    return config


def policy() -> dict[str, list[str]]:
    """The content security policy, by directive."""
    text, _ = headers_of("PageHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"][
        "Fn::Sub"
    ]
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


def test_without_a_domain_nothing_of_it_is_created() -> None:
    assert PARAMETERS["WebDomain"]["Default"] == PARAMETERS["WebCertificateArn"]["Default"] == ""
    assert TEMPLATE["Conditions"]["HostsPage"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "WebDomain"}, ""]}]}
    conditional = {name for name, resource in expanded().items() if resource.get("Condition") == "HostsPage"}
    of_cloudfront = {name for name, resource in expanded().items() if "CloudFront" in resource["Type"]}

    assert conditional == set(OURS)
    assert of_cloudfront == {"PageAccess", "PageHeaders", "AssetHeaders", "Page"}


@pytest.mark.parametrize("name", OURS)
def test_sam_changes_nothing_of_it(name: str) -> None:
    resource = {key: value for key, value in expanded()[name].items() if key != "Metadata"}

    assert resource == {key: value for key, value in RESOURCES[name].items() if key != "Metadata"}


def test_only_this_distribution_reads_the_bucket() -> None:
    tls, read = RESOURCES["PageBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    source = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Page}"

    assert (tls["Sid"], tls["Effect"]) == ("TlsOnly", "Deny")
    assert read == {
        "Sid": "PageOnly",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${PageBucket.Arn}/*"},
        "Condition": {"StringEquals": {"aws:SourceArn": {"Fn::Sub": source}}},
    }
    access = RESOURCES["PageAccess"]["Properties"]["OriginAccessControlConfig"]
    assert (access["OriginAccessControlOriginType"], access["SigningBehavior"]) == ("s3", "always")
    (origin,) = DISTRIBUTION["Origins"]
    assert origin["DomainName"] == {"Fn::GetAtt": ["PageBucket", "RegionalDomainName"]}
    assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["PageAccess", "Id"]}
    assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}


def test_the_page_is_served_over_tls_1_2_or_later_at_the_banks_domain() -> None:
    assert DISTRIBUTION["Aliases"] == [{"Ref": "WebDomain"}]
    assert DISTRIBUTION["ViewerCertificate"] == {
        "AcmCertificateArn": {"Ref": "WebCertificateArn"},
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    for behaviour in (DISTRIBUTION["DefaultCacheBehavior"], *DISTRIBUTION["CacheBehaviors"]):
        assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behaviour["AllowedMethods"] == ["GET", "HEAD"]


def test_what_changes_with_a_release_is_not_cached_and_hashed_files_are_for_good() -> None:
    (assets,) = DISTRIBUTION["CacheBehaviors"]
    page = DISTRIBUTION["DefaultCacheBehavior"]

    assert DISTRIBUTION["DefaultRootObject"] == "index.html"
    assert page["ResponseHeadersPolicyId"] == {"Fn::GetAtt": ["PageHeaders", "Id"]}
    assert (assets["PathPattern"], assets["ResponseHeadersPolicyId"]) == (
        "assets/*",
        {"Fn::GetAtt": ["AssetHeaders", "Id"]},
    )
    assert (_custom("PageHeaders")["Cache-Control"], _custom("AssetHeaders")["Cache-Control"]) == (
        "no-cache",
        "public, max-age=31536000, immutable",
    )
    # AWS's names for them: CachingDisabled, CachingOptimized.
    assert page["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert assets["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"


def test_every_file_has_the_same_headers_but_for_the_time_in_caches() -> None:
    page, assets = headers_of("PageHeaders"), headers_of("AssetHeaders")

    assert page["SecurityHeadersConfig"] == assets["SecurityHeadersConfig"]
    others = [{**_custom(name), "Cache-Control": ""} for name in ("PageHeaders", "AssetHeaders")]
    assert others[0] == others[1]


def test_scripts_styles_and_connections_are_the_pages_own_the_api_and_uploads() -> None:
    assert policy() == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "worker-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'", "${ApiOrigin}", "${UploadOrigin}"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["registrar-worker"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    _, origins = headers_of("PageHeaders")["SecurityHeadersConfig"]["ContentSecurityPolicy"][
        "ContentSecurityPolicy"
    ]["Fn::Sub"]
    assert origins == {
        "ApiOrigin": {
            "Fn::If": [
                "HasApiDomain",
                {"Fn::Sub": "https://${ApiDomain}"},
                {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}"},
            ]
        },
        "UploadOrigin": {"Fn::Sub": "https://${UploadBucket}.s3.${AWS::Region}.${AWS::URLSuffix}"},
    }
    # The same host as in the address that clients are given, and as forms name it.
    _, domain, gateways = TEMPLATE["Outputs"]["ApiUrl"]["Value"]["Fn::If"]
    assert domain["Fn::Sub"] == "https://${ApiDomain}/v1"
    assert gateways["Fn::Sub"].startswith("https://${Api}.execute-api.${AWS::Region}.")


def test_other_security_headers() -> None:
    security = headers_of("PageHeaders")["SecurityHeadersConfig"]

    assert security["ContentTypeOptions"] == {"Override": True}
    assert security["FrameOptions"] == {"FrameOption": "DENY", "Override": True}
    assert security["ReferrerPolicy"] == {"ReferrerPolicy": "no-referrer", "Override": True}
    transport = security["StrictTransportSecurity"]
    assert transport["AccessControlMaxAgeSec"] >= A_YEAR
    assert transport["IncludeSubdomains"] is True
    custom = _custom("PageHeaders")
    assert custom["Cross-Origin-Opener-Policy"] == custom["Cross-Origin-Resource-Policy"] == "same-origin"
    allowed = dict(re.findall(r"([a-z-]+)=(\([^)]*\))", custom["Permissions-Policy"]))
    assert {name for name, who in allowed.items() if who == "(self)"} == {
        "publickey-credentials-create",
        "publickey-credentials-get",
    }
    assert set(allowed.values()) == {"(self)", "()"}


def test_nothing_else_depends_on_the_page() -> None:
    others = {name: resource for name, resource in expanded().items() if name not in OURS}

    assert not references(list(others.values())) & set(OURS)
    assert not references(TEMPLATE["Outputs"]) & set(OURS)


def _custom(name: str) -> dict[str, str]:
    items = headers_of(name)["CustomHeadersConfig"]["Items"]
    assert all(item["Override"] is True for item in items)
    return {item["Header"]: item["Value"] for item in items}
