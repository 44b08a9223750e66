"""A stand-in for WaveSpeed's HTTP interface, version 3: untrained tiny models behind the real wire protocol."""
