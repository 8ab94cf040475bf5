"""Origins of pages, for tests of CORS: two that the API lists, and what must not pass for one of them."""

PAGE = "https://bank.example"
SECOND_PAGE = "http://localhost:5173"
LISTED = f"{PAGE},{SECOND_PAGE}"
"""As the parameter WebOrigins has them."""
NOT_LISTED = [
    "https://bank.example.evil.com",
    "https://evil.com/https://bank.example",
    "https://evilbank.example",
    "https://www.bank.example",
    "https://bank.exampl",
    "http://bank.example",
    "https://bank.example:443",
    "https://bank.example:8443",
    "https://bank.example/",
    "https://bank.example.",
    "https://user@bank.example",
    "HTTPS://bank.example",
    "https://Bank.example",
    "http://localhost",
    "http://localhost:51730",
    LISTED,
    "https://bank.example https://evil.com",
    "*",
    "null",
    "",
]
