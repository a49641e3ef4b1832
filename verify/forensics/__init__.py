"""Traces that paper, screens and files leave in a frame. They may accuse, hardly acquit."""

from verify.forensics.examiner import Examiner

__all__ = ["Examiner"]
