"""diffusers: a call's keyword arguments or a Python script as a document, and a document as both.

Nothing here imports torch or diffusers, and no script is ever run: it is read with `ast`.
"""
