"""ComfyUI: workflow files in, API graphs out."""
