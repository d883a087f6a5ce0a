"""E-mails on their way out, by SMTP."""

from __future__ import annotations

from docassemble_lite.mail.outbox import Outbox

__all__ = ["Outbox"]
