"""Writes that may be repeated: the same key and body give the same response, once done."""
