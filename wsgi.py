"""What a WSGI server imports."""

from multiprocessing.util import Finalize

from app.factory import close, create_app
from config import Settings

application = create_app(Settings.from_environment())
# A server's worker is a child of `multiprocessing`: it runs no atexit, and before it ends it waits
# for its own children. Finalizers come first; those of the queues to the face workers have 10.
Finalize(None, close, args=(application,), exitpriority=20)
