"""The demonstration: drives a whole association through HTTP, as a client would, and says what it saw.

client.py        requests, sign-in, jobs with a progress bar
association.py   an association of its own, with temporary data and a free port
findings.py      what was expected and what was seen
batch_of_2020.py, article_fee.py, …   one flow a file
command.py       ``xiehui demo``
"""
