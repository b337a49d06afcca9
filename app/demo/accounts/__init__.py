"""Made-up accounts and the logins that the demo shows."""
