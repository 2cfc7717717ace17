"""What every answer carries, and which requests are not even looked at."""

from flask import Flask, Response, abort, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would hide from our own forms where they were posted from; `same-origin` tells nobody else.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


def install(app: Flask) -> None:
    """Guard every request and dress every answer."""
    app.before_request(refuse_other_sites)
    app.after_request(dress)


def refuse_other_sites() -> None:
    """Refuse a post that another site caused. Browsers say where a post comes from; old ones still carry the token."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    origin, fetched_from = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None and origin != request.host_url.rstrip("/"):
        abort(400)
    if fetched_from is not None and fetched_from not in {"same-origin", "none"}:
        abort(400)


def dress(response: Response) -> Response:
    """Add the headers that are the same everywhere; whatever did not say otherwise is never stored."""
    said = {name.lower() for name, _ in response.headers}
    for name, value in _ALWAYS.items():
        if name.lower() not in said:
            response.headers.add(name, value)
    if request.is_secure and "strict-transport-security" not in said:
        response.headers.add("Strict-Transport-Security", "max-age=31536000")
    if "server" in said:
        del response.headers["Server"]
    return response
