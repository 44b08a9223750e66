"""The warm child process that owns the device, and the parent's handle on it. Importing this imports no torch."""

from runner.device.owner import Answer, ChildDied, Device, Stopped

__all__ = ["Answer", "ChildDied", "Device", "Stopped"]
