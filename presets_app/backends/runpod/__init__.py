"""RunPod: requests for its public Wan endpoints and for worker-comfyui. There is no client yet."""
