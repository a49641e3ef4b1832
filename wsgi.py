"""What a WSGI server imports."""

from app.factory import create_app
from config import Settings

application = create_app(Settings.from_environment())
