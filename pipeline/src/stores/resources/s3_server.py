"""moto's S3 server: python3 s3_server.py PORT FOLDER

It answers one request at a time, as if each were one instant: moto itself compares and writes in two steps.
While FOLDER has a file `hold`, the first request like "PUT /bucket/key" that its pattern is found in writes
itself to `held`, waits, and is never carried out.
"""

import pathlib
import re
import sys
import threading
import time

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

folder = pathlib.Path(sys.argv[2])
backend = DomainDispatcherApplication(create_backend_app)
one_at_a_time = threading.Lock()


class Quiet(WSGIRequestHandler):
    def log_request(self, *_):
        pass


def is_to_wait(request):
    with one_at_a_time:
        hold, held = folder / "hold", folder / "held"
        if held.exists() or not hold.exists() or not re.search(hold.read_text(), request):
            return False
        held.write_text(request)
        return True


def application(environ, start_response):
    if is_to_wait(environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"]):
        while (folder / "hold").exists():
            time.sleep(0.01)
        start_response("503 Service Unavailable", [("Content-Length", "0"), ("Connection", "close")])
        return []
    with one_at_a_time:
        return list(backend(environ, start_response))


run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True, request_handler=Quiet)
