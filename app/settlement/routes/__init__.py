"""HTTP: the terminal's side and the holder's side."""
