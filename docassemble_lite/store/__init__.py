"""Where answers, background tasks, their keys, and people are kept: SQLite or PostgreSQL.

The store knows nothing of interviews: it takes dictionaries, bytes and plain values, and gives them back.
"""
