"""Invented people: agents who work in the dashboard, and what they type."""

import random
import uuid

from . import schema

FIRST = ["maria", "jose", "ana", "luis", "carmen", "diego", "sofia", "carlos", "elena", "pablo", "lucia", "jorge"]
LAST = ["lopez", "vargas", "rojas", "mora", "solano", "castro", "araya", "jimenez", "quesada", "chaves"]
REPLIES = [
    "Thanks for writing to us! Let me check that for you.",
    "Your refund was approved, it takes three to five working days.",
    "Could you confirm the e-mail {email} is still yours?",
    "I have called you at {phone}, but nobody answered.",
    "The shipment left our warehouse this morning.",
    "Is there anything else I can help you with today?",
]


def email():
    return f"{random.choice(FIRST)}.{random.choice(LAST)}{random.randrange(1, schema.CONTACTS)}@example.com"


def phone():
    return f"+5062{random.randrange(10_000_000):07d}"


def client_address():
    network = random.choice(["192.0.2", "198.51.100", "203.0.113"])
    return f"{network}.{random.randrange(1, 255)}"


def account_of(number):
    """The same division as the data: 45 % account 1, 20 % account 2, 10 % account 3."""
    share = number % 100
    return 1 if share < 45 else 2 if share < 65 else 3 if share < 75 else 4 + number % 9


class Agent:
    def __init__(self, number):
        self.number = number
        self.user_id = number
        self.account = account_of(number * 37)
        self.uid = (f"{FIRST[number % 12]}.{LAST[number % 10]}{number}@example.com")
        self.address = client_address()

    def reply(self):
        return random.choice(REPLIES).format(email=email(), phone=phone())

    @staticmethod
    def echo():
        return str(uuid.uuid4())
