"""Pictures: covers, their pixels, what is written inside their files, and QR codes."""
