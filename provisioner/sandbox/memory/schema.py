"""The tables of the account's memory. Times are epoch seconds, numbers are ten digits.

VERSION goes up with every change that an existing file would not survive: a file of another one is
refused.
"""

from __future__ import annotations

VERSION = 6

TABLES = """
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, user TEXT, expires REAL);

-- how many seconds the account is ahead of the clock; no row is none
CREATE TABLE IF NOT EXISTS clock (ahead REAL);
-- kinds of events that do not happen for now
CREATE TABLE IF NOT EXISTS holds (kind TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS agenda (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, due REAL, kind TEXT, subject TEXT
);
CREATE INDEX IF NOT EXISTS agenda_by_time ON agenda (due, sequence);

CREATE TABLE IF NOT EXISTS applications (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, created REAL,
    fields TEXT
);
CREATE INDEX IF NOT EXISTS applications_of_account ON applications (account);

CREATE TABLE IF NOT EXISTS sites (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, created REAL, name TEXT, description TEXT,
    document TEXT
);
CREATE INDEX IF NOT EXISTS sites_of_account ON sites (account);

CREATE TABLE IF NOT EXISTS sippeers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, site INTEGER REFERENCES sites, created REAL, name TEXT,
    is_default INTEGER, document TEXT, sms TEXT, mms TEXT,
    application TEXT REFERENCES applications (id), UNIQUE (site, name)
);
CREATE INDEX IF NOT EXISTS sippeers_of_application ON sippeers (application);

CREATE TABLE IF NOT EXISTS orders (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, user TEXT,
    created REAL, modified REAL, completed REAL, status TEXT, customer_order_id TEXT,
    name TEXT, site INTEGER, peer INTEGER, kind TEXT, wanted TEXT, quantity INTEGER,
    partial INTEGER, back_order INTEGER, document TEXT, attributes TEXT,
    obtained INTEGER DEFAULT 0, details TEXT
);
CREATE INDEX IF NOT EXISTS orders_of_account ON orders (account, sequence, created);
CREATE INDEX IF NOT EXISTS orders_by_customer_id ON orders (account, customer_order_id, sequence);
CREATE INDEX IF NOT EXISTS orders_by_status ON orders (account, status, sequence);
CREATE INDEX IF NOT EXISTS orders_of_site ON orders (site, sequence);
CREATE INDEX IF NOT EXISTS orders_of_peer ON orders (peer, status);
CREATE INDEX IF NOT EXISTS orders_waiting ON orders (sequence) WHERE status = 'BACKORDERED';

CREATE TABLE IF NOT EXISTS disconnects (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, user TEXT,
    created REAL, modified REAL, status TEXT, customer_order_id TEXT, protected TEXT,
    obtained INTEGER DEFAULT 0, details TEXT
);
CREATE INDEX IF NOT EXISTS disconnects_of_account ON disconnects (account, sequence, created);
CREATE INDEX IF NOT EXISTS disconnects_by_status ON disconnects (account, status, sequence);

-- outcome: asked, completed or failed
CREATE TABLE IF NOT EXISTS order_numbers (
    order_id TEXT, number TEXT, outcome TEXT, PRIMARY KEY (order_id, outcome, number)
) WITHOUT ROWID;

-- numbers that an order which is not carried out yet asks for by name
CREATE TABLE IF NOT EXISTS awaited_numbers (number TEXT PRIMARY KEY, order_id TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS awaited_numbers_of_order ON awaited_numbers (order_id);

CREATE TABLE IF NOT EXISTS order_history (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT, time REAL, status TEXT, note TEXT,
    author TEXT, difference TEXT
);
CREATE INDEX IF NOT EXISTS history_of_order ON order_history (order_id, sequence);

CREATE TABLE IF NOT EXISTS order_notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_id TEXT, user TEXT, description TEXT, time REAL
);
CREATE INDEX IF NOT EXISTS notes_of_order ON order_notes (order_id);

-- kind: move_tn_orders or tn_option
CREATE TABLE IF NOT EXISTS changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, kind TEXT, account TEXT, user TEXT,
    created REAL, modified REAL, status TEXT, customer_order_id TEXT, site INTEGER, peer INTEGER,
    document TEXT, findings TEXT
);
CREATE INDEX IF NOT EXISTS changes_of_account ON changes (account, kind, sequence);
CREATE INDEX IF NOT EXISTS changes_by_customer_id
    ON changes (account, kind, customer_order_id, sequence);
CREATE INDEX IF NOT EXISTS changes_of_peer ON changes (peer, status);
CREATE TABLE IF NOT EXISTS change_numbers (
    number TEXT, change_id TEXT, PRIMARY KEY (number, change_id)
) WITHOUT ROWID;

-- status: Inservice, Aging or Reserved; sms: 1 on, 0 off, NULL as the location is;
-- released: the disconnect because of which it ages
CREATE TABLE IF NOT EXISTS numbers (
    number TEXT PRIMARY KEY, account TEXT, status TEXT, site INTEGER, peer INTEGER, order_id TEXT,
    ordered REAL, modified REAL, in_service REAL, place TEXT, released TEXT, sms INTEGER,
    options TEXT
) WITHOUT ROWID;
-- each has in it all that lists filter by, so that only what is shown is read from the table
CREATE INDEX IF NOT EXISTS numbers_of_account
    ON numbers (account, status, number, place, modified, in_service);
CREATE INDEX IF NOT EXISTS numbers_of_site
    ON numbers (site, status, number, place, modified, in_service);
CREATE INDEX IF NOT EXISTS numbers_of_peer
    ON numbers (peer, status, number, place, modified, in_service);
CREATE INDEX IF NOT EXISTS numbers_of_account_by_change
    ON numbers (account, status, modified, number, place, in_service);
CREATE INDEX IF NOT EXISTS numbers_of_site_by_change
    ON numbers (site, status, modified, number, place, in_service);
CREATE INDEX IF NOT EXISTS numbers_by_release ON numbers (released) WHERE released IS NOT NULL;

-- how many numbers an account, a site or a sippeer has, by status, by where they are and by the day
-- of their last change (since 1970), or by exchange (six digits), because counting or skipping
-- 100 000 rows for each request that asks is slow; `totals.py` keeps them
CREATE TABLE IF NOT EXISTS totals (
    owner TEXT, identity TEXT, status TEXT, area_code TEXT, place TEXT, day INTEGER, total INTEGER,
    PRIMARY KEY (owner, identity, status, area_code, place, day)
);
CREATE TABLE IF NOT EXISTS exchange_totals (
    owner TEXT, identity TEXT, status TEXT, exchange TEXT, place TEXT, total INTEGER,
    PRIMARY KEY (owner, identity, status, exchange, place)
);

CREATE TABLE IF NOT EXISTS reservations (
    id TEXT PRIMARY KEY, account TEXT, number TEXT UNIQUE, expires REAL
);

CREATE TABLE IF NOT EXISTS stock (area_code TEXT PRIMARY KEY, size INTEGER);
CREATE TABLE IF NOT EXISTS marks (
    area_code TEXT, lot TEXT, first INTEGER, PRIMARY KEY (area_code, lot)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS subscriptions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, created REAL,
    order_type TEXT, event_type TEXT, order_id TEXT, email TEXT, digest TEXT, url TEXT,
    expires REAL, user TEXT, password TEXT, public_key TEXT, number_format TEXT, status TEXT
);
CREATE INDEX IF NOT EXISTS subscriptions_of_account ON subscriptions (account, order_type);

CREATE TABLE IF NOT EXISTS campaigns (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, id TEXT, status TEXT, fields TEXT,
    UNIQUE (account, id)
);
CREATE TABLE IF NOT EXISTS campaign_numbers (
    account TEXT, number TEXT, campaign TEXT, message_class TEXT, status TEXT,
    PRIMARY KEY (account, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS numbers_of_campaign ON campaign_numbers (account, campaign, number);
CREATE TABLE IF NOT EXISTS verifications (
    account TEXT, number TEXT, status TEXT, PRIMARY KEY (account, number)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, account TEXT, application TEXT, sender TEXT, kind TEXT, segments INTEGER,
    length INTEGER, attachments INTEGER, recipients INTEGER, campaign TEXT, received REAL,
    clears REAL, linked INTEGER, document TEXT, direction TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_of_account ON messages (account, received);
CREATE INDEX IF NOT EXISTS messages_by_age ON messages (received);
CREATE INDEX IF NOT EXISTS message_queues ON messages (account, clears);

-- a message to one recipient, with all that the message list shows and filters by: from one index,
-- where counting thousands of messages beside their recipients is slow
CREATE TABLE IF NOT EXISTS deliveries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT REFERENCES messages ON DELETE CASCADE,
    recipient TEXT, status TEXT, error_code INTEGER, due REAL, settles REAL, verdict INTEGER,
    account TEXT, sender TEXT, kind TEXT, segments INTEGER, length INTEGER, attachments INTEGER,
    recipients INTEGER, campaign TEXT, received REAL, direction TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_of_message ON deliveries (message);
CREATE INDEX IF NOT EXISTS deliveries_of_account ON deliveries (
    account, received, sequence, status, direction, kind, error_code, sender, recipient, campaign,
    segments, length, attachments, recipients
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due) WHERE due IS NOT NULL;

-- what goes out by itself. due: the next attempt, NULL at the end; outcome: waiting, delivered,
-- given up or lost; repeats: how often it is still to be repeated, NULL before the first attempt
CREATE TABLE IF NOT EXISTS callbacks (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, account TEXT, type TEXT, url TEXT,
    user TEXT, password TEXT, subscription TEXT, body TEXT, created REAL, due REAL, outcome TEXT,
    repeats INTEGER, failures INTEGER, attempts TEXT
);
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due, sequence) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS emails (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT, time REAL, address TEXT, digest TEXT,
    subscription TEXT, subject TEXT, text TEXT
);

-- what was said: the messaging API keeps no text, but whoever looks on wants to read it.
-- thread: the account's own number and the others
CREATE TABLE IF NOT EXISTS transcript (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT,
    message TEXT UNIQUE REFERENCES messages ON DELETE CASCADE, thread TEXT, text TEXT
);
CREATE INDEX IF NOT EXISTS transcript_by_thread ON transcript (account, thread, sequence);

CREATE TABLE IF NOT EXISTS media (
    account TEXT, name TEXT, content_type TEXT, cache_control TEXT, content BLOB, expires REAL,
    PRIMARY KEY (account, name)
);
CREATE INDEX IF NOT EXISTS media_by_age ON media (expires);
"""
