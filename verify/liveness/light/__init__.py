"""Light that the screen throws and the face gives back: freshness by its code, relief by place."""
