"""What the tests share: databases, a small world, sign-in."""
