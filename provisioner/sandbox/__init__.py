"""The embedded account: the vendor's numbers and messaging APIs, emulated with state over HTTP.

It is an independent reading of the API and imports nothing else of this project, so that a mistake
made in the client cannot hide behind the same mistake made here. Start at `settings.Settings`, then
`server.Server` (tests, `--sandbox`) or `server.serve` (the command line); `app` puts the parts
together. `routes` and `messaging_api` name every call, and these packages answer them:

    calls      what every call has in common: who may call, the bodies, the refusals, the log
    memory     what is kept: one database, its snapshots, what it was earlier, what comes due
    locations  applications, sites and sippeers, with their features
    numbers    numbers that can be had and numbers that the account has
    ordering   orders of all kinds, what becomes of them, and who is told
    traffic    messages and media
    outgoing   posting to applications and subscribers
    failures   failures on order
    admin      `/_sandbox/`: setting it up, breaking it, looking into it
    web        the page, and what the page is shown
"""
