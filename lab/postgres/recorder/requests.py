"""The requests of the load, one class an endpoint: what is asked, which statements run for
it, and where its Ruby code would be found in a backtrace."""

import json
import random
import time
import uuid

from . import people, schema, statements

JSON_BACKTRACE_END = [
    "app/controllers/concerns/switch_locale.rb:39:in `set_locale'",
    "app/controllers/concerns/switch_locale.rb:17:in `switch_locale_using_account_locale'",
    "app/controllers/api/base_controller.rb:9:in `block in <class:BaseController>'",
    "app/controllers/concerns/request_exception_handler.rb:11:in `handle_with_exception'",
]


def timestamp(seconds_ago=0):
    moment = time.time() - seconds_ago
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(moment)) + f".{int(moment % 1 * 1e6):06d}"


class Request:
    """What a request is before it runs. `perform(run)` sends its statements through
    `run(sql, params)` and returns the HTTP status."""

    method = "GET"
    controller = ""
    action = "index"
    format = "JSON"
    backtrace = []

    def __init__(self, agent):
        self.agent = agent
        self.account = agent.account
        self.path = ""
        self.parameters = {}
        self.body = []      # rendered for real, so that the task spends real CPU

    def authenticate(self, run):
        run(statements.USER, (self.agent.uid, "email", 1))
        run(statements.ACCOUNT, (self.account, 1))
        run(statements.ACCOUNT_USER, (self.agent.user_id, self.account, 1))

    def perform(self, run):
        raise NotImplementedError

    def render(self, rows, limit=25):
        """Renders for real, then waits as long as Ruby would take longer than this."""
        for i in range(min(rows.count, limit)):
            self.body.append(dict(enumerate(rows.row(i))))
        json.dumps(self.body)
        time.sleep(random.lognormvariate(-4.0, 0.5))


class ConversationList(Request):
    controller = "Api::V1::Accounts::ConversationsController"
    backtrace = [
        "app/finders/conversation_finder.rb:168:in `conversations_summary'",
        "app/finders/conversation_finder.rb:59:in `perform'",
        "app/controllers/api/v1/accounts/conversations_controller.rb:12:in `index'",
        *JSON_BACKTRACE_END,
    ]
    list_length = None      # set by the web task: how many conversations a page summarises

    def __init__(self, agent):
        super().__init__(agent)
        self.page = random.choices([1, 2, 3], [8, 2, 1])[0]
        self.assignee = random.choice(["me", "all", "unassigned"])
        self.path = (f"/api/v1/accounts/{self.account}/conversations?status=open&assignee_type="
                     f"{self.assignee}&page={self.page}&sort_by=last_activity_at_desc")
        self.parameters = {"status": "open", "assignee_type": self.assignee, "page": str(self.page),
                           "sort_by": "last_activity_at_desc", "account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        run(statements.CONVERSATION_COUNT_MINE, (self.account, 0, self.agent.user_id))
        run(statements.CONVERSATION_COUNT_ALL, (self.account, 0))
        length = self.list_length()
        page = run(statements.CONVERSATION_PAGE, (self.account, 0, length, (self.page - 1) * 25))
        self.render(page)
        if page.count == 0:
            return 200
        shown = min(page.count, 25)
        run(statements.contacts(shown), [row[5] for row in map(page.row, range(shown))])
        if self.assignee == "me":
            run(statements.unread(shown), (self.account, 0, timestamp(30 * 86400), *page.first[:shown]))
        self.render(run(statements.hot(page.count), (self.account, *page.first)))
        return 200


class ConversationMeta(Request):
    controller = ConversationList.controller
    action = "meta"
    backtrace = ["app/finders/conversation_finder.rb:131:in `set_count_for_all_conversations'",
                 "app/finders/conversation_finder.rb:73:in `perform_meta_only'",
                 "app/controllers/api/v1/accounts/conversations_controller.rb:18:in `meta'", *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.path = f"/api/v1/accounts/{self.account}/conversations/meta?status=open&assignee_type=me"
        self.parameters = {"status": "open", "assignee_type": "me", "account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        run(statements.CONVERSATION_COUNT_MINE, (self.account, 0, self.agent.user_id))
        run(statements.CONVERSATION_COUNT_ALL, (self.account, 0))
        return 200


def _some_conversation(account):
    """The id of a conversation of the account, recent ones more often."""
    while True:
        number = 1 + int(random.random() ** 1.3 * schema.CONVERSATIONS)
        if people.account_of(number) == account:
            return number


class MessageList(Request):
    controller = "Api::V1::Accounts::Conversations::MessagesController"
    backtrace = ["app/finders/message_finder.rb:37:in `messages_latest'",
                 "app/finders/message_finder.rb:9:in `perform'",
                 "app/controllers/api/v1/accounts/conversations/messages_controller.rb:5:in `index'",
                 *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.conversation = _some_conversation(self.account)
        self.path = f"/api/v1/accounts/{self.account}/conversations/{self.conversation}/messages"
        self.parameters = {"account_id": str(self.account), "conversation_id": str(self.conversation)}

    def perform(self, run):
        self.authenticate(run)
        run(statements.CONVERSATION, (self.account, self.conversation, 1))
        self.render(run(statements.MESSAGES, (self.conversation, self.account, 20)))
        return 200


class MessageCreate(Request):
    method = "POST"
    action = "create"
    controller = MessageList.controller
    backtrace = ["app/builders/messages/message_builder.rb:22:in `perform'",
                 "app/controllers/api/v1/accounts/conversations/messages_controller.rb:11:in `create'",
                 *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.conversation = _some_conversation(self.account)
        self.content = agent.reply()
        echo = agent.echo()
        self.path = f"/api/v1/accounts/{self.account}/conversations/{self.conversation}/messages"
        self.parameters = {"content": self.content, "private": False, "echo_id": echo, "cc_emails": "",
                           "account_id": str(self.account), "conversation_id": str(self.conversation),
                           "message": {"content": self.content, "private": False}}

    def perform(self, run):
        self.authenticate(run)
        run(statements.CONVERSATION, (self.account, self.conversation, 1))
        now = timestamp()
        run("BEGIN")
        run(statements.MESSAGE_INSERT,
            (self.content, self.account, 1 + self.conversation % schema.INBOXES, self.conversation, 1, now, now,
             "f", 0, None, 0, "{}", "User", self.agent.user_id, self.content))
        run(statements.CONVERSATION_TOUCH, (now, now, self.conversation))
        run("COMMIT")
        return 200


class UpdateLastSeen(Request):
    method = "POST"
    action = "update_last_seen"
    controller = ConversationList.controller
    backtrace = ["app/controllers/api/v1/accounts/conversations_controller.rb:97:in `update_last_seen_on_conversation'",
                 "app/controllers/api/v1/accounts/conversations_controller.rb:83:in `update_last_seen'",
                 *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.conversation = _some_conversation(self.account)
        self.path = f"/api/v1/accounts/{self.account}/conversations/{self.conversation}/update_last_seen"
        self.parameters = {"account_id": str(self.account), "conversation_id": str(self.conversation)}

    def perform(self, run):
        self.authenticate(run)
        seen = run(statements.CONVERSATION, (self.account, self.conversation, 1))
        seen_at = seen.row(0)[8] if seen.count else timestamp()
        run(statements.MESSAGES_UNREAD, (self.conversation, 0, seen_at or timestamp(), 1))
        run(statements.CONVERSATION_SEEN, (timestamp(), self.conversation))
        return 200


class ContactSearch(Request):
    controller = "Api::V1::Accounts::ContactsController"
    action = "search"
    backtrace = ["app/controllers/api/v1/accounts/contacts_controller.rb:150:in `fetch_contacts'",
                 "app/controllers/api/v1/accounts/contacts_controller.rb:38:in `search'", *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.query = random.choice([people.email, people.phone, lambda: random.choice(people.LAST)])()
        shown = self.query.replace("@", "%40").replace("+", "%2B")
        self.path = (f"/api/v1/accounts/{self.account}/contacts/search?include_contact_inboxes=false"
                     f"&page=1&sort=-last_activity_at&q={shown}")
        self.parameters = {"include_contact_inboxes": "false", "page": "1", "sort": "-last_activity_at",
                           "q": self.query, "account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        self.render(run(statements.CONTACT_SEARCH, (self.account, f"%{self.query}%", 15, 0)))
        return 200


class ContactCreate(Request):
    method = "POST"
    controller = ContactSearch.controller
    action = "create"
    backtrace = ["app/controllers/api/v1/accounts/contacts_controller.rb:83:in `block in create'",
                 "app/controllers/api/v1/accounts/contacts_controller.rb:81:in `create'", *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        first, last = random.choice(people.FIRST), random.choice(people.LAST)
        taken = random.random() < 0.3
        number = random.randrange(1, schema.CONTACTS) if taken else random.randrange(10**6, 10**9)
        self.email = f"{people.FIRST[number % 12]}.{people.LAST[number % 10]}{number}@example.com"
        if taken:
            self.account = people.account_of(number)
        self.name = f"{first.title()} {last.title()}"
        self.races = random.random() < 0.05     # another request stores the contact after our check
        self.path = f"/api/v1/accounts/{self.account}/contacts"
        self.parameters = {"name": self.name, "email": self.email, "phone_number": people.phone(),
                           "account_id": str(self.account),
                           "contact": {"name": self.name, "email": self.email}}

    def perform(self, run):
        self.authenticate(run)
        exists = run(statements.CONTACT_BY_EMAIL, (self.email, self.account, 1)).count
        if exists and not self.races:
            return 422
        run(statements.CONTACT_INSERT, (self.name, self.email, self.account, timestamp(), timestamp()))
        return 200


class InboxList(Request):
    controller = "Api::V1::Accounts::InboxesController"
    backtrace = ["app/controllers/api/v1/accounts/inboxes_controller.rb:11:in `index'", *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.path = f"/api/v1/accounts/{self.account}/inboxes"
        self.parameters = {"account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        self.render(run(statements.INBOXES, (self.account,)))
        return 200


class UnreadCount(Request):
    controller = "Api::V1::Accounts::NotificationsController"
    action = "unread_count"
    backtrace = ["app/controllers/api/v1/accounts/notifications_controller.rb:33:in `unread_count'",
                 *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.path = f"/api/v1/accounts/{self.account}/notifications/unread_count"
        self.parameters = {"account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        run(statements.NOTIFICATION_COUNT, (self.agent.user_id, self.account))
        return 200


class Report(Request):
    controller = "Api::V2::Accounts::ReportsController"
    backtrace = ["app/builders/v2/reports/timeseries/count_report_builder.rb:9:in `timeseries'",
                 "app/builders/v2/report_builder.rb:27:in `build'",
                 "app/controllers/api/v2/accounts/reports_controller.rb:10:in `index'", *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.days = random.choices([7, 30, 90], [12, 4, 1])[0]
        now = int(time.time())
        self.path = (f"/api/v2/accounts/{self.account}/reports?metric=incoming_messages_count&type=account"
                     f"&since={now - self.days * 86400}&until={now}&group_by=day&timezone_offset=-6")
        self.parameters = {"metric": "incoming_messages_count", "type": "account",
                           "since": str(now - self.days * 86400), "until": str(now), "group_by": "day",
                           "timezone_offset": "-6", "account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        span = (timestamp(self.days * 86400), timestamp())
        self.render(run(statements.REPORT_MESSAGES, (self.account, *span, 0)))
        run(statements.REPORT_EVENTS, (self.account, "first_response", *span))
        return 200


class MessageSearch(Request):
    """Full text search by ILIKE: the slowest thing the service does on a good day."""

    controller = "Api::V1::Accounts::SearchController"
    action = "messages"
    backtrace = ["app/services/search_service.rb:41:in `filter_messages'", "app/services/search_service.rb:7:in `perform'",
                 "app/controllers/api/v1/accounts/search_controller.rb:16:in `messages'", *JSON_BACKTRACE_END]

    def __init__(self, agent):
        super().__init__(agent)
        self.query = random.choice([people.email, people.phone, lambda: "refund", lambda: "Heredia"])()
        shown = self.query.replace("@", "%40").replace("+", "%2B")
        self.path = f"/api/v1/accounts/{self.account}/search/messages?q={shown}&page=1"
        self.parameters = {"q": self.query, "page": "1", "account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        self.render(run(statements.MESSAGE_SEARCH, (self.account, f"%{self.query}%", 15, 0)))
        return 200


class WidgetMessage(Request):
    """A customer writes through the website's widget."""

    method = "POST"
    controller = "Api::V1::Widget::MessagesController"
    action = "create"
    backtrace = ["app/controllers/api/v1/widget/messages_controller.rb:10:in `create'",
                 "app/controllers/concerns/switch_locale.rb:39:in `set_locale'",
                 "app/controllers/concerns/switch_locale.rb:11:in `switch_locale'"]

    def __init__(self, agent):
        super().__init__(agent)
        self.address = people.client_address()
        self.conversation = _some_conversation(self.account)
        self.content = random.choice(["Hello?", "Any news about my order?", "My address is still the same, thank you.",
                                      f"You can write me at {people.email()}", "Gracias!"])
        self.path = "/api/v1/widget/messages?website_token=[FILTERED]&locale=es"
        self.parameters = {"message": {"content": self.content, "reply_to": None, "timestamp": time.strftime("%a %b %d %Y %H:%M:%S GMT+0000", time.gmtime()),
                                       "referer_url": "https://shop.example.com/orders"},
                           "website_token": "[FILTERED]", "locale": "es"}

    def perform(self, run):
        contact = 1 + self.conversation % schema.CONTACTS
        run(statements.contacts(1), (contact,))
        now = timestamp()
        run("BEGIN")
        run(statements.MESSAGE_INSERT,
            (self.content, self.account, 1 + self.conversation % schema.INBOXES, self.conversation, 0, now, now,
             "f", 0, str(uuid.uuid4()), 0, "{}", "Contact", contact, self.content))
        run(statements.CONVERSATION_TOUCH, (now, now, self.conversation))
        run("COMMIT")
        return 200


class SignIn(Request):
    method = "POST"
    controller = "DeviseOverrides::SessionsController"
    action = "create"

    def __init__(self, agent):
        super().__init__(agent)
        self.wrong = random.random() < 0.4
        self.path = "/auth/sign_in"
        self.parameters = {"email": agent.uid, "password": "[FILTERED]", "sso_auth_token": "[FILTERED]",
                           "session": {"email": agent.uid, "password": "[FILTERED]", "sso_auth_token": "[FILTERED]"}}

    def perform(self, run):
        run(statements.USER, (self.agent.uid, "email", 1))
        time.sleep(0.12)        # bcrypt
        return 401 if self.wrong else 200


class MissingConversation(Request):
    controller = ConversationList.controller
    action = "show"

    def __init__(self, agent):
        super().__init__(agent)
        number = schema.CONVERSATIONS + random.randrange(1, 10**6)
        self.path = f"/api/v1/accounts/{self.account}/conversations/{number}"
        self.parameters = {"account_id": str(self.account), "id": str(number)}
        self.number = number

    def perform(self, run):
        self.authenticate(run)
        found = run(statements.CONVERSATION, (self.account, self.number, 1)).count
        return 200 if found else 404


class Health(Request):
    """The load balancer's health check."""

    controller = "ApiController"
    format = "*/*"

    def __init__(self, agent):
        super().__init__(agent)
        self.path = "/api"
        self.address = random.choice(["10.0.1.37", "10.0.2.112"])

    def perform(self, run):
        run("SELECT 1")
        return 200


class NoRoute(Request):
    """Somebody probes for other people's software."""

    def __init__(self, agent):
        super().__init__(agent)
        self.address = people.client_address()
        self.path = random.choice(["/wp-login.php", "/.env", "/xmlrpc.php", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"])


class OddBug(Request):
    """A rare programming error that has nothing to do with the database."""

    controller = "Api::V1::Accounts::CampaignsController"
    backtrace = ["app/views/api/v1/models/_campaign.json.jbuilder:9",
                 "app/controllers/api/v1/accounts/campaigns_controller.rb:5:in `index'", *JSON_BACKTRACE_END]
    message = ("ActionView::Template::Error (undefined method `name' for nil:NilClass):")

    def __init__(self, agent):
        super().__init__(agent)
        self.path = f"/api/v1/accounts/{self.account}/campaigns"
        self.parameters = {"account_id": str(self.account)}

    def perform(self, run):
        self.authenticate(run)
        raise ZeroDivisionError(self.message)


MIX = [(ConversationList, 18), (ConversationMeta, 8), (MessageList, 22), (MessageCreate, 13), (UpdateLastSeen, 10),
       (ContactSearch, 6), (InboxList, 5), (UnreadCount, 9), (Report, 2.0), (MessageSearch, 0.3), (WidgetMessage, 7), (SignIn, 0.6),
       (ContactCreate, 1.0), (MissingConversation, 0.25), (NoRoute, 0.12), (OddBug, 0.015)]
_CLASSES = [c for c, _ in MIX]
_WEIGHTS = [w for _, w in MIX]


def choose(agent):
    return random.choices(_CLASSES, _WEIGHTS)[0](agent)
