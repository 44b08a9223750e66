"""Steps of recipes that render nothing, done in the rendering process: enlarging a video, and writing a prompt out."""
