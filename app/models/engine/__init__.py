"""Tables of the base itself: the trail, the bin, what a person keeps for himself, forms already sent."""
