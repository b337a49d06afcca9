"""Forms of records: fields, refusals, differences."""
