"""Reads HTML and writes, as JSON, the tags with their attributes and the text that a browser would find in it."""

import html.parser
import json
import sys


class Oracle(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags = []
        self.text = ""

    def handle_starttag(self, tag, attributes):
        self.tags.append({"name": tag, "attributes": {key: value or "" for key, value in attributes}})

    def handle_data(self, data):
        self.text += data


oracle = Oracle()
oracle.feed(sys.stdin.buffer.read().decode("utf-8"))
oracle.close()
json.dump({"tags": oracle.tags, "text": oracle.text}, sys.stdout)
