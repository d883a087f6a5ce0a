"""The interview language: source → document → blocks → program → evaluation. Each stage imports only earlier ones.

Nothing here knows a web server, a task queue or a database; the world outside is reached through `host.Host`.
"""
