"""Text: decoding it, Markdown, times and numbers in words, and words that harm."""
