"""Personal cards: what they are asked about before they are saved, and who may be the same person."""
