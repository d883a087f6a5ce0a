"""Scheduled tasks: `python -m docassemble_lite.cron -type cron_daily` runs an action in every session that it is for."""
