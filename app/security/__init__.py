"""Permission sets, row scope and the guard at the session: the one place that decides who sees and changes what."""
