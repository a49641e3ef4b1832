"""Processes that answer the calls somebody stands waiting for; the API process hands them over."""
