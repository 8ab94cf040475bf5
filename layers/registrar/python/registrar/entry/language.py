"""The language that a client prefers."""


def preferred_language(header: str) -> str:
    """`ko` or `en`, the first that Accept-Language prefers (RFC 9110 12.5.4); Korean where it names neither."""
    best = "ko"
    weight = 0.0
    for part in header.split(",")[:16]:
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            q = float(quality)
        except ValueError:
            continue
        if language in ("ko", "en") and q > weight:
            best = language
            weight = q
    return best
