"""The doctor: looks at a published show as a podcast app would, and says what to mend.

`visit` is the front door. `feed` says what there is to look at, `questions` what to ask of it,
`fetching` asks, `examinations` says what the answers mean, and `remedies` what to do about it.
"""
