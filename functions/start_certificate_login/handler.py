"""POST /login/certificate/options: a text to sign with a registered certificate, to log in without a password."""

from registrar.aws import wiring as stores
from registrar.domain.access.certificate_login import new_certificate_login
from registrar.entry.access_views import certificate_login_view
from registrar.entry.clock import now
from registrar.entry.request import Request
from registrar.entry.responses import Response, respond
from registrar.entry.route import route
from registrar.settings import signing_bank

logins = stores.certificate_logins()
throttles = stores.throttles()
bank = signing_bank()


@route
def lambda_handler(request: Request) -> Response:
    at = now()
    throttles.count_address(request.source_address, at)
    login = new_certificate_login(at)
    logins.add(login)
    return respond(200, certificate_login_view(login, bank))
