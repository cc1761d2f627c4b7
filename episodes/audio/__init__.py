"""Sound files: how long and how loud they are, their tags, and how they become MP3 and Opus."""
