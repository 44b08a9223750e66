"""What the stand-in can be told to do wrong."""

from __future__ import annotations

FAULTS = {
    "": "nothing",
    "traversal": "names the output ../../x.mp4",
    "absolute": "names the output /etc/passwd.mp4",
    "subfolder": "puts the output into the subfolder ../..",
    "huge": "says that an output has ten gigabytes, and begins to send them",
    "not-a-video": "sends text where it promised a video",
    "node-error": "the sampler raises",
    "oom": "the sampler runs out of memory",
    "interrupted": "somebody else stops the render",
    "no-reply": "takes a prompt, then hangs up",
    "partial": "takes a prompt and leaves its save node out",
    "forgets": "clears its history as soon as a render has ended",
    "silent": "has no websocket",
    "gifs": "lists the video under gifs, as Video Helper Suite does",
    "video": "lists the video under video",
    "renames": "gives every uploaded file another name",
    "taken": "keeps other bytes than it was sent",
    "not-a-number": "writes NaN into queue and history, as a node that always runs again does",
    "server-error": "answers 500 to every prompt",
}
