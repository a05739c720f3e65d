"""The SQL the service sends, in ActiveRecord's spelling."""

MESSAGE_COLUMNS = '"messages".*'


def bind_list(first, count):
    return ", ".join(f"${i}" for i in range(first, first + count))


USER = 'SELECT "users".* FROM "users" WHERE "users"."uid" = $1 AND "users"."provider" = $2 LIMIT $3'
ACCOUNT = 'SELECT "accounts".* FROM "accounts" WHERE "accounts"."id" = $1 LIMIT $2'
ACCOUNT_USER = ('SELECT "account_users".* FROM "account_users" WHERE "account_users"."user_id" = $1 '
                'AND "account_users"."account_id" = $2 LIMIT $3')
INBOXES = 'SELECT "inboxes".* FROM "inboxes" WHERE "inboxes"."account_id" = $1 ORDER BY "inboxes"."name" ASC'

CONVERSATION_PAGE = ('SELECT "conversations".* FROM "conversations" WHERE "conversations"."account_id" = $1 '
                     'AND "conversations"."status" = $2 ORDER BY "conversations"."last_activity_at" DESC '
                     'LIMIT $3 OFFSET $4')
CONVERSATION = ('SELECT "conversations".* FROM "conversations" WHERE "conversations"."account_id" = $1 '
                'AND "conversations"."display_id" = $2 LIMIT $3')
CONVERSATION_COUNT_MINE = ('SELECT COUNT(*) FROM "conversations" WHERE "conversations"."account_id" = $1 '
                           'AND "conversations"."status" = $2 AND "conversations"."assignee_id" = $3')
CONVERSATION_COUNT_ALL = ('SELECT COUNT(*) FROM "conversations" WHERE "conversations"."account_id" = $1 '
                          'AND "conversations"."status" = $2')


def hot(count):
    """Unread count and last message of each listed conversation: cheap with
    index_messages_on_conversation_id, one scan of the account's messages per id without."""
    return ('SELECT conversations.id, conversations.display_id, summary.unread_count, summary.last_message_id, '
            'summary.last_message_at FROM "conversations" LEFT JOIN LATERAL ('
            'SELECT COUNT(*) FILTER (WHERE messages.message_type = 0 AND messages.created_at > '
            'conversations.agent_last_seen_at) AS unread_count, MAX(messages.id) AS last_message_id, '
            'MAX(messages.created_at) AS last_message_at FROM "messages" '
            'WHERE messages.conversation_id = conversations.id AND messages.account_id = conversations.account_id '
            'AND messages.message_type <> 2) summary ON TRUE '
            'WHERE "conversations"."account_id" = $1 AND "conversations"."id" IN ('
            + bind_list(2, count) + ') ORDER BY conversations.last_activity_at DESC')


def unread(count):
    """The badges of the "Mine" tab: one statement for all listed conversations."""
    return ('SELECT COUNT(*) AS count_all, "messages"."conversation_id" AS messages_conversation_id FROM "messages" '
            'WHERE "messages"."account_id" = $1 AND "messages"."message_type" = $2 AND "messages"."created_at" > $3 '
            f'AND "messages"."conversation_id" IN ({bind_list(4, count)}) GROUP BY "messages"."conversation_id"')


def contacts(count):
    return f'SELECT "contacts".* FROM "contacts" WHERE "contacts"."id" IN ({bind_list(1, count)})'


MESSAGES = (f'SELECT {MESSAGE_COLUMNS} FROM "messages" WHERE "messages"."conversation_id" = $1 '
            'AND "messages"."account_id" = $2 ORDER BY "messages"."created_at" DESC LIMIT $3')
MESSAGES_UNREAD = ('SELECT 1 AS one FROM "messages" WHERE "messages"."conversation_id" = $1 '
                   'AND "messages"."message_type" = $2 AND (messages.created_at > $3) LIMIT $4')
MESSAGE_SEARCH = (f'SELECT {MESSAGE_COLUMNS} FROM "messages" WHERE "messages"."account_id" = $1 AND (messages.content ILIKE $2) '
                  'ORDER BY "messages"."created_at" DESC LIMIT $3 OFFSET $4')
MESSAGE_INSERT = ('INSERT INTO "messages" ("content", "account_id", "inbox_id", "conversation_id", "message_type", '
                  '"created_at", "updated_at", "private", "status", "source_id", "content_type", '
                  '"content_attributes", "sender_type", "sender_id", "processed_message_content") VALUES '
                  '($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING "id"')
CONVERSATION_TOUCH = ('UPDATE "conversations" SET "last_activity_at" = $1, "updated_at" = $2 '
                      'WHERE "conversations"."id" = $3')
CONVERSATION_SEEN = 'UPDATE "conversations" SET "agent_last_seen_at" = $1 WHERE "conversations"."id" = $2'

CONTACT_SEARCH = ('SELECT "contacts".* FROM "contacts" WHERE "contacts"."account_id" = $1 AND '
                  "(name ILIKE $2 OR email ILIKE $2 OR phone_number ILIKE $2 OR identifier LIKE $2) "
                  'ORDER BY "contacts"."last_activity_at" DESC NULLS LAST LIMIT $3 OFFSET $4')
CONTACT_BY_EMAIL = ('SELECT 1 AS one FROM "contacts" WHERE "contacts"."email" = $1 '
                    'AND "contacts"."account_id" = $2 LIMIT $3')
CONTACT_INSERT = ('INSERT INTO "contacts" ("name", "email", "account_id", "created_at", "updated_at") '
                  'VALUES ($1, $2, $3, $4, $5) RETURNING "id"')

NOTIFICATION_COUNT = ('SELECT COUNT(*) FROM "notifications" WHERE "notifications"."user_id" = $1 '
                      'AND "notifications"."account_id" = $2 AND "notifications"."read_at" IS NULL')
REPORT_MESSAGES = ('SELECT COUNT(*) AS count_all, DATE_TRUNC(\'day\', "messages"."created_at"::timestamptz AT TIME ZONE '
                   '\'America/Costa_Rica\')::date AS day FROM "messages" WHERE "messages"."account_id" = $1 '
                   'AND "messages"."created_at" BETWEEN $2 AND $3 AND "messages"."message_type" = $4 GROUP BY day')
REPORT_EVENTS = ('SELECT AVG("reporting_events"."value") FROM "reporting_events" WHERE "reporting_events"."account_id" = $1 '
                 'AND "reporting_events"."name" = $2 AND "reporting_events"."created_at" BETWEEN $3 AND $4')

CONTACT_INBOX = ('SELECT "contact_inboxes".* FROM "contact_inboxes" WHERE "contact_inboxes"."inbox_id" = $1 '
                 'AND "contact_inboxes"."source_id" = $2 LIMIT $3')
CONTACT_INBOX_INSERT = ('INSERT INTO "contact_inboxes" ("contact_id", "inbox_id", "source_id", "created_at", "updated_at") '
                        'VALUES ($1, $2, $3, $4, $5) RETURNING "id"')
FIRST_REPLY = ('SELECT 1 AS one FROM "messages" WHERE "messages"."conversation_id" = $1 '
               'AND "messages"."message_type" = $2 AND "messages"."sender_type" = $3 LIMIT $4')
MESSAGE_BY_ID = f'SELECT {MESSAGE_COLUMNS} FROM "messages" WHERE "messages"."id" = $1 LIMIT $2'
EVENT_INSERT = ('INSERT INTO "reporting_events" ("name", "value", "account_id", "inbox_id", "user_id", '
                '"conversation_id", "created_at", "updated_at") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)')
