import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
control_socket_disable = True
