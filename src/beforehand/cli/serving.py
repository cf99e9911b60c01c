"""A static file server on loopback, for looking at what was published."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from beforehand.cli.output import say
from beforehand.refusal import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Pages need nothing from elsewhere and no script; the browser is told to hold them to it.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


class _Files(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        pass


def serve(
    folder: Path, *, port: int, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve `folder` on 127.0.0.1 until interrupted. Port 0 takes a free one."""
    handler = partial(_Files, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise InputError(
            where="--port",
            expected="a port that is free",
            got=f"{port}: {error.strerror}",
            do="Name another with --port, or 0 for any.",
        ) from error
    with server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        say(f"Serving {folder} at {address} (this machine only). Ctrl-C stops it.")
        ready(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped.")
