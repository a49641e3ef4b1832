"""LIBRARY. Codes that are made and checked without a network: bytes in, frozen results out.

The card's service, a till and a phone use the same code. It knows nothing of the web or a database.
"""
