"""What a WSGI server imports."""

from app.core.collector import set_apart_what_stays
from app.factory import create_app
from config import Settings

application = create_app(Settings.from_environment())
set_apart_what_stays()
