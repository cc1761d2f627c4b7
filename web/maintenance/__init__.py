"""What an operator does now and then: upgrade, back up, restore, purge."""
