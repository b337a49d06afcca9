"""What every service stands on: saving, deleting, the trail, the bin, refusals in words."""
