"""One build of a show: read, check, make the audio, render, remember."""
