"""A stand-in for a ComfyUI server: drawn clips behind the real wire protocol of version 0.27."""
