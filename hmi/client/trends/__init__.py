"""Trends: history and live values of up to eight tags on one time axis. The only importer of pyqtgraph."""
