"""The books are counted: do the databases and the queues of all services fit together?

Services tell one another what happened and each keeps what follows from it. :func:`shared.books.counting.count` reads
them all and reports every discrepancy. The chassis compares what every service has (outbox and inbox, keys and audit
trail, counters, jobs, queues); what only a service knows it declares in its ``books.py``, see
:mod:`shared.books.declared`.
"""
