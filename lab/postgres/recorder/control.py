"""What the scenario turns while the load runs, shared by all processes."""

import multiprocessing


class Control:
    NORMAL_LIST_LENGTH = 25

    def __init__(self):
        self.list_length = multiprocessing.Value("i", self.NORMAL_LIST_LENGTH)
        self.stop = multiprocessing.Event()
