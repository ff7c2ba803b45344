"""Mail: written down in the transaction of its cause, sent after it by one process of the service (ADR 0043)."""
