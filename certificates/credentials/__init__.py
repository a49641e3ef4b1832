"""Certificates as compact credentials the holder shows in part: SD-JWT VC."""
