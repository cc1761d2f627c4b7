"""What can be typed: each command parses its options, makes one call, and prints."""
