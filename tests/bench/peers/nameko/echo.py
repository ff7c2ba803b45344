"""The echo as stock nameko serves it."""

from nameko.rpc import rpc


class EchoService:
    name = "echo"

    @rpc
    def echo(self, text):
        return {"text": text}
