"""gunicorn, made to load our application and to say nothing about anybody."""

from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from speakup.cli.patience import WholeRequests
from speakup.kernel.turns import Turns


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types
    """Loads the application once, before the processes are made, so that each starts at once."""

    def __init__(self, told: dict[str, Any], computing: int) -> None:
        self.told, self.computing = told, computing
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.told.items():
            self.cfg.set(name, value)
        self.cfg.set("post_fork", self._open_afresh)

    def load(self) -> WholeRequests:
        # The command line may not know the web; what a web server loads knows both.
        from wsgi import app

        self.application = app
        return WholeRequests(app, Turns(self.computing))

    def _open_afresh(self, _arbiter: object, _worker: object) -> None:
        """Let go of what was opened before the fork: two processes must never share a connection."""
        self.application.extensions["speakup"].database.engine.dispose(close=False)


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn publishes no types
    """Says that a request failed, and never which or whose, as gunicorn's own lines do.

    Of a browser that rejects the certificate, speaks HTTP to a port of HTTPS or breaks off, it says nothing at all:
    nobody can mend that here, and the place of such a line among the others would tell when somebody came.
    """

    def warning(self, msg: object, *args: object, **kwargs: object) -> None:
        if "ip=" not in str(msg):
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: object) -> None:
        if str(msg).startswith("Socket error"):
            return
        if str(msg).startswith("Error handling request"):
            super().error("A request failed outside the application.")
            return
        super().exception(msg, *args, **kwargs)
