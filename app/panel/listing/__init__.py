"""Lists of records: filters, search, order, paging by key."""
