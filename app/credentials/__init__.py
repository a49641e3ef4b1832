"""Certificates as credentials: SD-JWT VC bound to a holder's key, offered, issued and checked."""
