"""An interview server that speaks docassemble's interview language."""

__version__ = "0.1.0"
