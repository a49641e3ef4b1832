"""What a WSGI server imports."""

from app.factory import create_server
from config import Settings

application = create_server(Settings.from_environment())
