"""Where a step's files lie in the folder that the runner gives to the rendering process."""

SOURCE, MADE = "source", "made.mp4"  # the source has no suffix, for nothing goes by it
