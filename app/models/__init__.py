"""The relational schema: one file per noun group, constraints in the database. `app.discovery` finds every file."""
