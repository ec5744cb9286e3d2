"""The figures of the public-opinion monitor: what bench/monitor.py measures, a module a part."""
