"""The same question and answer as the gateway's echo, from Flask itself: no bus, no token, no checks."""

from flask import Flask, request

app = Flask(__name__)


@app.get("/v1/notes/echoes")
def echo():
    return {"text": request.args["text"]}
