"""What is counted, for Prometheus. Labels are names of services, operations and event types, never of people."""

from prometheus_client import Counter, Gauge, Histogram

OPERATIONS = Counter("xiehui_operations_total", "Operations answered", ["service", "operation", "status"])
SECONDS = Histogram(
    "xiehui_operation_seconds",
    "Time an operation took in its service",
    ["service", "operation"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EVENTS_SENT = Counter("xiehui_events_sent_total", "Events the broker has confirmed", ["service", "type"])
EVENTS_HEARD = Counter("xiehui_events_heard_total", "Events settled by outcome", ["service", "type", "outcome"])
OUTBOX_UNSENT = Gauge("xiehui_outbox_unsent", "Events not yet confirmed, as the relay last saw", ["service"])
REQUESTS = Counter("xiehui_requests_total", "HTTP requests", ["service", "operation", "status"])
REQUEST_SECONDS = Histogram("xiehui_request_seconds", "Time a request took at the gateway", ["service", "operation"])
