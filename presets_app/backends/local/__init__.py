"""The team's own GPU machines, reached through a queue."""
