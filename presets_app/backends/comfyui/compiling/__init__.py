"""A preset document as a ComfyUI graph."""
