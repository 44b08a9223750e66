"""Tiny checkpoints of the real pipeline classes, with made-up weights, laid out like the Hugging Face cache.

What they render is coloured noise. They exist so that everything around a model (loading, hashing, sampling, audio,
cancelling, judging) runs for real on a machine without a GPU and without a download.
"""
