"""The embedded account: a stateful emulation of the vendor's numbers API over real HTTP.

It is an independent reading of the API and imports nothing else of this project, so that a mistake
made in the client cannot hide behind the same mistake made here. Start at `settings.Settings`, then
`server.Server` (tests, `--sandbox`) or `server.serve` (the command line).
"""
