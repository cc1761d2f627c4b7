"""Publishes to a folder or to S3-compatible storage, which both keep one contract."""
