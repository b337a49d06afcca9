"""The web side: views declare, services act. Nothing here commits, decides a right or knows a rule."""
