"""Figures of the liveness check, on simulated material: `python -m bench.liveness`."""
