"""The commands of `python -m verify`; each module has `add_parser(commands)` and `run(options)`."""
