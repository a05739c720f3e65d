"""Chatwoot's tables in the parts the load touches, with Chatwoot's index names, and a
million messages. Account 1 holds 45 % of everything, account 2 20 %, account 3 10 %."""

from . import names

CONVERSATIONS = 60_000
CONTACTS = 40_000
ACCOUNTS = 12
AGENTS = 120
INBOXES = 24

HOT_INDEX = "index_messages_on_conversation_id"
CREATE_HOT_INDEX = f'CREATE INDEX CONCURRENTLY "{HOT_INDEX}" ON "messages" ("conversation_id")'
DROP_HOT_INDEX = f'DROP INDEX "{HOT_INDEX}"'

_TABLES = """
CREATE TABLE accounts (id serial PRIMARY KEY, name varchar NOT NULL, locale integer DEFAULT 0,
  domain varchar, support_email varchar, feature_flags bigint DEFAULT 0 NOT NULL,
  auto_resolve_duration integer, status integer DEFAULT 0, custom_attributes jsonb DEFAULT '{}',
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE users (id serial PRIMARY KEY, provider varchar DEFAULT 'email' NOT NULL,
  uid varchar DEFAULT '' NOT NULL, encrypted_password varchar DEFAULT '' NOT NULL,
  sign_in_count integer DEFAULT 0 NOT NULL, current_sign_in_ip varchar, name varchar NOT NULL,
  display_name varchar, email varchar, tokens json, pubsub_token varchar, availability integer DEFAULT 0,
  ui_settings jsonb DEFAULT '{}', created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE account_users (id bigserial PRIMARY KEY, account_id bigint, user_id bigint, role integer DEFAULT 0,
  active_at timestamp, availability integer DEFAULT 0 NOT NULL, auto_offline boolean DEFAULT true NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE inboxes (id serial PRIMARY KEY, channel_id integer NOT NULL, account_id integer NOT NULL,
  name varchar NOT NULL, channel_type varchar, enable_auto_assignment boolean DEFAULT true,
  greeting_enabled boolean DEFAULT false, email_address varchar, working_hours_enabled boolean DEFAULT false,
  timezone varchar DEFAULT 'UTC', created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE contacts (id serial PRIMARY KEY, name varchar DEFAULT '', email varchar, phone_number varchar,
  account_id integer NOT NULL, additional_attributes jsonb DEFAULT '{}', identifier varchar,
  custom_attributes jsonb DEFAULT '{}', last_activity_at timestamp, location varchar DEFAULT '',
  country_code varchar DEFAULT '', blocked boolean DEFAULT false NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE contact_inboxes (id bigserial PRIMARY KEY, contact_id bigint, inbox_id bigint,
  source_id text NOT NULL, pubsub_token varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE conversations (id serial PRIMARY KEY, account_id integer NOT NULL, inbox_id integer NOT NULL,
  status integer DEFAULT 0 NOT NULL, assignee_id integer, contact_id bigint, display_id integer NOT NULL,
  contact_last_seen_at timestamp, agent_last_seen_at timestamp, additional_attributes jsonb DEFAULT '{}',
  contact_inbox_id bigint, uuid uuid DEFAULT gen_random_uuid() NOT NULL, identifier varchar,
  last_activity_at timestamp NOT NULL, team_id bigint, snoozed_until timestamp, priority integer,
  custom_attributes jsonb DEFAULT '{}', first_reply_created_at timestamp, waiting_since timestamp,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE messages (id serial PRIMARY KEY, content text, account_id integer NOT NULL, inbox_id integer NOT NULL,
  conversation_id integer NOT NULL, message_type integer NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, private boolean DEFAULT false NOT NULL, status integer DEFAULT 0,
  source_id varchar, content_type integer DEFAULT 0 NOT NULL, content_attributes json DEFAULT '{}',
  sender_type varchar, sender_id bigint, external_source_ids jsonb DEFAULT '{}',
  additional_attributes jsonb DEFAULT '{}', processed_message_content text, sentiment jsonb DEFAULT '{}');
CREATE TABLE reporting_events (id bigserial PRIMARY KEY, name varchar, value double precision, account_id integer,
  inbox_id integer, user_id integer, conversation_id integer, value_in_business_hours double precision,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE notifications (id bigserial PRIMARY KEY, account_id bigint NOT NULL, user_id bigint NOT NULL,
  notification_type integer NOT NULL, primary_actor_type varchar NOT NULL, primary_actor_id bigint NOT NULL,
  read_at timestamp, snoozed_until timestamp, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
"""

_ACCOUNT_OF = ("(CASE WHEN {0} % 100 < 45 THEN 1 WHEN {0} % 100 < 65 THEN 2 WHEN {0} % 100 < 75 THEN 3 "
               "ELSE 4 + ({0} % 9) END)")

_FIRST = "ARRAY['Maria','Jose','Ana','Luis','Carmen','Diego','Sofia','Carlos','Elena','Pablo','Lucia','Jorge']"
_LAST = "ARRAY['Lopez','Vargas','Rojas','Mora','Solano','Castro','Araya','Jimenez','Quesada','Chaves']"
_PHRASE = ("ARRAY['Hello, I would like to know the status of my order.','Thanks for writing to us! Let me check that for you.',"
           "'Could you please send me the invoice again? I did not receive it.','The shipment left our warehouse this morning.',"
           "'I have changed my address, please update it before you ship.','Is there anything else I can help you with today?',"
           "'The photo I sent shows the damage on the left side.','I have opened a case with the carrier and will keep you posted.',"
           "'When will the branch in Heredia open on Saturday?','Your refund was approved, it takes three to five working days.']")


def _data():
    return f"""
SELECT setseed(0.42);
INSERT INTO accounts SELECT g, 'Account ' || g, 0, NULL, 'support' || g || '@example.com', 0, 14, 0, '{{}}',
  now() - interval '2 years', now() FROM generate_series(1, {ACCOUNTS}) g;
INSERT INTO users SELECT g, 'email', lower(({_FIRST})[1 + g % 12] || '.' || ({_LAST})[1 + g % 10]) || g || '@example.com',
  '$2a$11$' || md5(g::text) || substr(md5((g + 7)::text), 1, 21), g, '192.0.2.' || (g % 250), ({_FIRST})[1 + g % 12] || ' ' || ({_LAST})[1 + g % 10],
  NULL, lower(({_FIRST})[1 + g % 12] || '.' || ({_LAST})[1 + g % 10]) || g || '@example.com', '{{}}', md5((g + 1)::text),
  0, '{{}}', now() - interval '1 year', now() FROM generate_series(1, {AGENTS}) g;
INSERT INTO account_users SELECT g, {_ACCOUNT_OF.format('(g * 37)')}, g, 0, now(), 0, true, now() - interval '1 year', now()
  FROM generate_series(1, {AGENTS}) g;
INSERT INTO inboxes SELECT g, g, 1 + (g - 1) % {ACCOUNTS}, 'Inbox ' || g, 'Channel::WebWidget', true, false, NULL, false, 'America/Costa_Rica',
  now() - interval '1 year', now() FROM generate_series(1, {INBOXES}) g;
INSERT INTO contacts SELECT g, ({_FIRST})[1 + g % 12] || ' ' || ({_LAST})[1 + g % 10],
  lower(({_FIRST})[1 + g % 12] || '.' || ({_LAST})[1 + g % 10]) || g || '@example.com', '+5062' || lpad((g * 7919 % 10000000)::text, 7, '0'),
  {_ACCOUNT_OF.format('g')}, '{{"city": "San Jose", "company_name": "Example"}}', NULL, '{{}}',
  now() - random() * interval '60 days', '', 'CR', false, now() - interval '1 year', now() FROM generate_series(1, {CONTACTS}) g;
INSERT INTO contact_inboxes SELECT g, g, 1 + g % {INBOXES}, md5('source' || g), md5('pubsub' || g), now(), now()
  FROM generate_series(1, {CONTACTS}) g;
INSERT INTO messages (content, account_id, inbox_id, conversation_id, message_type, created_at, updated_at, status,
    source_id, content_attributes, sender_type, sender_id, additional_attributes, processed_message_content)
  SELECT p, {_ACCOUNT_OF.format('c')}, 1 + c % {INBOXES}, c, t, made, made, 1, md5(g::text), '{{"in_reply_to": null, "echo_id": null}}',
    CASE t WHEN 0 THEN 'Contact' ELSE 'User' END, 1 + c % 120, '{{"campaign_id": null}}', p
  FROM (SELECT g, 1 + floor(power(random(), 1.3) * {CONVERSATIONS})::int AS c, (CASE WHEN random() < 0.5 THEN 0 WHEN random() < 0.9 THEN 1 ELSE 2 END) AS t,
      ({_PHRASE})[1 + g % 10] || ' ' || ({_PHRASE})[1 + (g * 7) % 10] AS p,
      now() - interval '90 days' * (1 - g / {{messages}}::float) AS made FROM generate_series(1, {{messages}}) g) m;
INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, contact_last_seen_at,
    agent_last_seen_at, contact_inbox_id, last_activity_at, created_at, updated_at)
  SELECT g, {_ACCOUNT_OF.format('g')}, 1 + g % {INBOXES}, CASE WHEN g % 7 = 0 THEN 0 WHEN g % 31 = 0 THEN 2 ELSE 1 END,
    1 + (g * 13) % {AGENTS}, 1 + g % {CONTACTS}, g, m.last, m.last, 1 + g % {CONTACTS}, coalesce(m.last, now() - interval '90 days'),
    coalesce(m.first, now() - interval '90 days'), now()
  FROM generate_series(1, {CONVERSATIONS}) g
  LEFT JOIN (SELECT conversation_id, max(created_at) AS last, min(created_at) AS first FROM messages GROUP BY 1) m ON m.conversation_id = g;
INSERT INTO reporting_events (name, value, account_id, inbox_id, user_id, conversation_id, created_at, updated_at)
  SELECT (ARRAY['first_response','conversation_resolved','reply_time'])[1 + g % 3], random() * 4000, {_ACCOUNT_OF.format('g')},
    1 + g % {INBOXES}, 1 + g % {AGENTS}, 1 + g % {CONVERSATIONS}, now() - random() * interval '90 days', now() FROM generate_series(1, 200000) g;
INSERT INTO notifications (account_id, user_id, notification_type, primary_actor_type, primary_actor_id, created_at, updated_at)
  SELECT {_ACCOUNT_OF.format('g')}, 1 + g % {AGENTS}, g % 4, 'Conversation', 1 + g % {CONVERSATIONS}, now(), now() FROM generate_series(1, 50000) g;
SELECT setval('conversations_id_seq', {CONVERSATIONS}), setval('contacts_id_seq', {CONTACTS}), setval('contact_inboxes_id_seq', {CONTACTS});
"""


_INDEXES = f"""
CREATE UNIQUE INDEX index_users_on_uid_and_provider ON users (uid, provider);
CREATE INDEX index_account_users_on_user_id ON account_users (user_id);
CREATE INDEX index_inboxes_on_account_id ON inboxes (account_id);
CREATE UNIQUE INDEX uniq_email_per_account_contact ON contacts (email, account_id);
CREATE INDEX index_contacts_on_account_id ON contacts (account_id);
CREATE INDEX index_contacts_on_phone_number_and_account_id ON contacts (phone_number, account_id);
CREATE UNIQUE INDEX index_contact_inboxes_on_inbox_id_and_source_id ON contact_inboxes (inbox_id, source_id);
CREATE INDEX index_contact_inboxes_on_contact_id ON contact_inboxes (contact_id);
CREATE UNIQUE INDEX index_conversations_on_account_id_and_display_id ON conversations (account_id, display_id);
CREATE INDEX conv_acid_inbid_stat_asgnid_idx ON conversations (account_id, inbox_id, status, assignee_id);
CREATE INDEX index_conversations_on_contact_id ON conversations (contact_id);
CREATE INDEX index_conversations_on_status_and_account_id ON conversations (status, account_id);
CREATE INDEX index_conversations_on_assignee_id_and_account_id ON conversations (assignee_id, account_id);
CREATE INDEX {HOT_INDEX} ON messages (conversation_id);
CREATE INDEX index_messages_on_account_id_and_inbox_id ON messages (account_id, inbox_id);
CREATE INDEX index_messages_on_account_created_type ON messages (account_id, created_at, message_type);
CREATE INDEX index_messages_on_created_at ON messages (created_at);
CREATE INDEX index_messages_on_inbox_id ON messages (inbox_id);
CREATE INDEX index_messages_on_sender_type_and_sender_id ON messages (sender_type, sender_id);
CREATE INDEX index_messages_on_source_id ON messages (source_id);
CREATE INDEX reporting_events__account_id__name__created_at ON reporting_events (account_id, name, created_at);
CREATE INDEX idx_notifications_performance ON notifications (user_id, account_id, read_at);
"""

_PRODUCTION = f"""
ALTER TABLE conversations SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER ROLE {names.ROLE} IN DATABASE {names.DATABASE} SET statement_timeout = '14s';
VACUUM ANALYZE;
"""


def load(server, messages):
    """Creates and fills the database; the load's own log lines come before the recording."""
    with_database = server.admin("postgres")
    with_database.script(f"CREATE ROLE {names.ROLE} LOGIN")
    with_database.script(f"CREATE DATABASE {names.DATABASE} OWNER {names.ROLE}")
    with_database.close()
    db = server.admin()
    db.script("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
    db.script(f"SET ROLE {names.ROLE}")
    db.script(_TABLES)
    db.script(_data().replace("{messages}", str(messages)))
    db.script(_INDEXES)
    db.script("RESET ROLE")
    for statement in _PRODUCTION.strip().split("\n"):
        db.script(statement)
    db.script("CHECKPOINT")
    db.close()
