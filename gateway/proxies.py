"""Who really asks, where proxies stand in front.

Each proxy adds to ``X-Forwarded-For`` whom it took the request from. Only what our own proxies wrote can be believed,
and those are counted from the end: so many as there are, no more. Their number is asked for rather than their
addresses, since those change in containers and the number does not.
"""

from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def behind(proxies: int, application: "WSGIApplication") -> "WSGIApplication":
    """``application`` behind so many proxies. Without any, what a client says of its address is not looked at."""
    if proxies == 0:
        return application
    return ProxyFix(application, x_for=proxies, x_proto=proxies, x_host=proxies)
