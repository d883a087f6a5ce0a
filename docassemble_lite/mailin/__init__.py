"""E-mails on their way in: by SMTP, by LMTP, or one on the standard input. Whichever way, `receiving` takes them in."""
