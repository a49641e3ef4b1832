"""A virtual phone: shows a portrait's owner to the camera, answers challenges, calls the API."""
