"""The embedded account: the vendor's numbers and messaging APIs, emulated with state over HTTP.

It is an independent reading of the API and imports nothing else of this project, so that a mistake
made in the client cannot hide behind the same mistake made here. Start at `settings.Settings`, then
`server.Server` (tests, `--sandbox`) or `server.serve` (the command line).
"""
