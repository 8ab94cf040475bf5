"""Functions run with the layers as layers, too: elsewhere here they import them from where they were built."""

from collections.abc import Callable

import pytest

from tools.cloud import seed
from tools.cloud.local_cloud import LocalCloud
from tools.demo.phone import Phone
from tools.pki.authorities import CustomerCertificate, DemoPki
from tools.pki.issuers import DemoIssuers


@pytest.mark.cloud
@pytest.mark.slow
def test_a_certificate_is_registered_by_functions_with_layers(
    pki: DemoPki, issuers: DemoIssuers, new_certificate: Callable[..., CustomerCertificate]
) -> None:
    with LocalCloud.start(seed.parameters(pki), with_layers=True) as cloud:
        configuration = cloud.client("lambda").get_function_configuration(
            FunctionName=cloud.physical("LoginFunction")
        )
        assert len(configuration["Layers"]) == 2
        assert "PYTHONPATH" not in configuration["Environment"]["Variables"]
        phone = Phone(cloud.url, seed.seed(cloud, pki, issuers.url))
        assert phone.log_in().status == 200
        certificate = new_certificate()
        assert phone.prove(phone.upload({"signCert.der": certificate.der}), certificate).status == 201
