"""Faces in processes of their own; this package is all a serving process needs to import."""

from verify.engine.pool import FaceEngine

__all__ = ["FaceEngine"]
