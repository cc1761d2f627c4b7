"""What the W3C feed validator asks of a feed."""
