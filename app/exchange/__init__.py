"""Tables out (and in): rows to bytes. No query, no request."""
