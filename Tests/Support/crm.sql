-- A customer database with the tables and columns that the shipped rules expect.
CREATE TABLE customers (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, mobile TEXT, lang TEXT, tz TEXT, status TEXT NOT NULL,
  trial_started_on DATE, trial_ends_on DATE, initial_password TEXT, born DATE, birthday_calendar TEXT,
  deleted INTEGER NOT NULL DEFAULT 0,
  updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')));
CREATE TABLE leases (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, status TEXT NOT NULL, starts_on DATE, ends_on DATE);
CREATE TABLE orders (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, number TEXT NOT NULL, shipped_at DATETIME, carrier TEXT,
  tracking_number TEXT);
CREATE TABLE invoices (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, number TEXT NOT NULL, amount NUMERIC NOT NULL,
  currency TEXT NOT NULL, due_on DATE, status TEXT NOT NULL);
CREATE TABLE appointments (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, subject TEXT NOT NULL, starts_at DATETIME, place TEXT,
  status TEXT NOT NULL);
CREATE TABLE contracts (
  id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, number TEXT NOT NULL, starts_on DATE, notice_by DATE,
  ends_on DATE, status TEXT NOT NULL);
INSERT INTO customers (name, email, lang, tz, status, trial_started_on, trial_ends_on, initial_password) VALUES
  ('李伟', 'li.wei@example.com', 'zh-Hans', 'Asia/Shanghai', 'trial', date('now', '-10 days'), date('now', '+20 days'), 'x'),
  ('Ada', 'ada@example.com', 'en', 'Europe/Berlin', 'trial', date('now', '-10 days'), date('now', '+20 days'), 'x');
INSERT INTO leases (customer_id, status, starts_on, ends_on) VALUES (1, 'active', date('now', '-300 days'), date('now', '+65 days'));
INSERT INTO orders (customer_id, number, shipped_at, carrier, tracking_number) VALUES (1, 'A-1', date('now', '-1 day'), 'SF', '42');
INSERT INTO invoices (customer_id, number, amount, currency, due_on, status) VALUES (2, 'R-1', 120, 'EUR', date('now', '+1 day'), 'open');
