"""A static file server on loopback, for looking at what was published."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path

from beforehand.cli.output import say
from beforehand.refusal import InputError

# Pages need nothing from elsewhere and no script; the browser is told to hold them to it.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"


class _Files(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", _caching(self.path))
        super().end_headers()

    def guess_type(self, path: str | PathLike[str]) -> str:
        # C2SP tlog-tiles: a checkpoint is text, a tile is bytes; neither name has a suffix.
        if Path(path).name == "checkpoint":
            return "text/plain; charset=utf-8"
        return super().guess_type(path)

    def log_message(self, *_: object) -> None:
        pass


def _caching(path: str) -> str:
    """A tile never changes; a checkpoint and the pages do at each publication."""
    return "public, max-age=31536000, immutable" if "/tile/" in path else "max-age=5"


def serve(folder: Path, *, port: int, or_any: bool = False) -> None:
    """Serve `folder` on 127.0.0.1 until interrupted.

    port     0 takes a free one
    or_any   take a free one too where `port` is taken
    """
    handler = partial(_Files, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        if or_any and port:
            serve(folder, port=0)
            return
        raise InputError(
            where="--port",
            expected="a port that is free",
            got=f"{port}: {error.strerror}",
            do="Name another with --port, or 0 for any.",
        ) from error
    with server:
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        say(f"Serving {folder} at {address} (this machine only). Ctrl-C stops it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("Stopped.")
