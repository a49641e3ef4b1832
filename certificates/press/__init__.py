"""Printing: what Typst has set once is a plate, and the next certificate of its kind a print of it.

Typst sets a page in about 10 ms, and sets the same words, rules and seal each time. Here a page is
set once with marks in place of what differs (`marks`), taken apart into a plate (`casting`) and
then printed with the values of each certificate (`plate`), in letters whose outlines, widths and
distances were taken from Typst as well (`type_case`). What a plate cannot hold, such as a value
that runs over several lines for the first time, Typst sets as before (`press`).
"""
