"""Where a show can be published: the contract of a target, a folder, and S3-compatible storage."""
