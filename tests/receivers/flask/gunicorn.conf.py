"""gunicorn hands the raw request target to the application. Its limits are
raised so that the library's own are the ones that answer."""

import os

bind = f"127.0.0.1:{os.environ['PORT']}"
worker_class = "gthread"
threads = 4
limit_request_line = 0
limit_request_fields = 32768
limit_request_field_size = 0
control_socket_disable = True
