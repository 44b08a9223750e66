"""The demo project: real parts, untrained tiny models, and a stand-in for the cloud, labelled as such."""
