"""Notices and webhooks over HTTP."""
