"""The gPodder API, version 2, and its simple one: how AntennaPod, Kasts and gPodder speak."""
