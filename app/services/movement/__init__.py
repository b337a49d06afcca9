"""Movement of pupils: orders, their checks, the states and memberships that follow."""
