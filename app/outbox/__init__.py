"""What others must hear of, written down with the change itself and delivered afterwards."""
