"""The grammar of HTTP/1.1 messages, stricter than the RFCs where leniency smuggles.

Every quantifier over the input is possessive: matching takes linear time whatever
the bytes are.
"""

import re

# RFC 9110 section 5.6.2.
TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]++"

# RFC 9110 section 5.5 without obs-fold; obs-text (0x80-0xff) is data, not syntax.
FIELD = TOKEN + rb":[\t\x20-\x7e\x80-\xff]*+\r\n"

# RFC 9112 section 3: single spaces, and a version that is looked at separately so
# that an unknown one gets its own status.
REQUEST_LINE = re.compile(rb"(?:%s) [\x21-\x7e]++ HTTP/([0-9]\.[0-9])\r\n" % TOKEN)
REQUEST_HEAD = re.compile(
    rb"(?:%s) [\x21-\x7e]++ HTTP/1\.[01]\r\n(?:%s)*+\r\n" % (TOKEN, FIELD)
)

# RFC 9112 section 4: the space after the status may be missing with its reason.
STATUS_LINE = re.compile(
    rb"HTTP/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*+)?\r\n"
)
RESPONSE_HEAD = re.compile(rb"%s(?:%s)*+\r\n" % (STATUS_LINE.pattern, FIELD))

FIELD_LINE = re.compile(rb"(?:%s|\r\n)" % FIELD)
# A line that is not finished: anything a line may hold, with CR only at the end.
UNFINISHED = re.compile(rb"[\t\x20-\x7e\x80-\xff]*+\r?")

# RFC 3986 without fragment. Browsers leave |^`{} and [] as they are in queries;
# a backslash in a path becomes a slash in some parsers and not in others.
PATH = rb"/[!$-;=@-\[\]-~]*+"
QUERY = rb"(?:\?[!$-;=?-~]*+)?"
ORIGIN_FORM = re.compile(PATH + QUERY)

# The request lines that nearly all requests have; whole in one go.
COMMON_REQUEST_LINE = re.compile(
    rb"(GET|POST|PUT|HEAD|PATCH|DELETE|OPTIONS) (%s%s) HTTP/1\.1\r\n" % (PATH, QUERY)
)

# RFC 3986 section 3.2.2: a name, an IPv4 address or an IPv6 address in brackets.
HOST = rb"(?:[0-9A-Za-z_](?:[-._0-9A-Za-z]*+)|\[[0-9A-Fa-f:.]++\])(?::[0-9]{1,5})?"
HOST_VALUE = re.compile(HOST)
ABSOLUTE_FORM = re.compile(
    rb"(?i:https?)://(%s)((?:%s)?)(%s)" % (HOST, PATH, QUERY),
)

# RFC 9110 section 8.6: digits; more than 18 of them overflow in some parser.
CONTENT_LENGTH = re.compile(rb"[0-9]{1,18}")

# RFC 9112 section 7.1: size, extensions (never passed on, so only bounded).
CHUNK_LINE = re.compile(
    rb"([0-9A-Fa-f]{1,16})((?:[ \t]*;[\t\x20-\x7e\x80-\xff]*+)?)\r\n"
)
UNFINISHED_CHUNK_LINE = re.compile(
    rb"[0-9A-Fa-f]{1,16}(?:[ \t]*+(?:;[\t\x20-\x7e\x80-\xff]*+)?)?\r?"
)

REQUEST_ID = re.compile(rb"[-._0-9A-Za-z]{1,64}")
