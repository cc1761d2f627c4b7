"""The desk of the training lead: join codes and posters. Nothing here knows a learner."""
