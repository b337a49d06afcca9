"""Pages that are no records: start page, sign-in, help, find, profile, trail, bin."""
