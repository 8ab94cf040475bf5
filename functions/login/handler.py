"""POST /login: a customer id and a password earn a challenge for a second factor.

An unknown customer and a wrong password cost the same time and get the same answer.
"""

from registrar.aws.challenges import Challenges
from registrar.aws.clients import client
from registrar.aws.customers import Customers
from registrar.domain.challenges import new_challenge
from registrar.domain.errors import Refusal
from registrar.domain.findings import iso
from registrar.domain.passwords import MAX_PASSWORD_CHARS, UNKNOWN_CUSTOMER, verify_password
from registrar.entry.answers import Answer, answer
from registrar.entry.clock import now
from registrar.entry.log import audit
from registrar.entry.request import Request
from registrar.entry.route import route
from registrar.entry.settings import setting

CUSTOMER_ID = r"[A-Za-z0-9_-]{1,32}"

dynamodb = client("dynamodb")
customers = Customers(dynamodb, setting("CUSTOMERS_TABLE"))
challenges = Challenges(dynamodb, setting("CHALLENGES_TABLE"))


@route
def lambda_handler(request: Request) -> Answer:
    fields = request.fields()
    customer_id = fields.text("customer_id", CUSTOMER_ID)
    password = fields.text("password", rf"(?s).{{1,{MAX_PASSWORD_CHARS}}}")

    customer = customers.find(customer_id)
    correct = verify_password(password, customer.password_hash if customer else UNKNOWN_CUSTOMER)
    if customer is None or not correct:
        # No digest of what nobody is called: it may be a password in the wrong field.
        audit("login.refused", customer_id=customer.id if customer else None)
        raise Refusal("LOGIN_FAILED")

    challenge = new_challenge(
        customer.id,
        customer.kind,
        ("otp",),
        now(),
        starts_session=True,
        totp_ciphertext=customer.totp_ciphertext,
    )
    challenges.add(challenge)
    audit("login.challenged", customer_id=customer.id)
    return answer(
        200,
        {
            "challenge_id": challenge.id,
            "methods": challenge.methods,
            "tries_left": challenge.tries_left,
            "expires_at": iso(challenge.expires_at),
        },
    )
