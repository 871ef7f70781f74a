"""A thousand intents while providers fail and processes die: `python -m tests.chaos`."""
