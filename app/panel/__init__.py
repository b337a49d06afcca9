"""The low-code base: list, card, form, bulk work, bin, export. It knows no noun."""
