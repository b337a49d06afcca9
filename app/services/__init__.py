"""The only code that commits. Web and command line call the same functions; the actor is the session's."""
