"""The web application: one blueprint a concern."""

from docassemble_lite.web.application import create_app

__all__ = ["create_app"]
