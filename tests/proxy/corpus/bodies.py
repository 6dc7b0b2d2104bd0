"""Where bodies end: lengths, transfer codings, chunks, what follows them."""

from tests.proxy.corpus.case import Case, chunked, head, passes, post, refused

TE = b"Transfer-Encoding: chunked"
HELLO = b"5\r\nhello\r\n0\r\n\r\n"
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"

LENGTHS = refused(
    400,
    "length",
    (
        post(line, body=b"hello")
        for line in (
            b"Content-Length:",
            b"Content-Length: ",
            b"Content-Length: +5",
            b"Content-Length: -5",
            b"Content-Length: -0",
            b"Content-Length: 5 ,5",
            b"Content-Length: 5,5",
            b"Content-Length: 5, 5",
            b"Content-Length: 5,",
            b"Content-Length: ,5",
            b"Content-Length: 5 5",
            b"Content-Length: 5;a",
            b"Content-Length: 5.0",
            b"Content-Length: 5e0",
            b"Content-Length: 0x5",
            b"Content-Length: 0X5",
            b"Content-Length: 0b101",
            b"Content-Length: 5_0",
            b"Content-Length: 5L",
            b"Content-Length: five",
            b"Content-Length: \xb2",
            b"Content-Length: \xd9\xa5",
            b"Content-Length: '5'",
            b'Content-Length: "5"',
            b"Content-Length: 99999999999999999999",
            b"Content-Length: 18446744073709551616",
            b"Content-Length: 9223372036854775808",
            b"Content-Length: 0000000000000000005",
            b"Content-Length: " + b"0" * 500 + b"5",
            b"Content-Length: 5\r\nContent-Length: 5",
            b"Content-Length: 5\r\nContent-Length: 6",
            b"Content-Length: 0\r\nContent-Length: 5",
            b"Content-Length: 5\r\ncontent-length: 5",
            b"CONTENT-LENGTH: 5\r\nn: v\r\nContent-Length: 0",
            b"Content-Length: 5\r\nContent-Length:",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"Transfer-Encoding: chunked\r\nContent-Length: 5",
            b"Content-Length: 0\r\nTransfer-Encoding: chunked",
            b"Content-Length: 5\r\nTransfer-Encoding: identity",
            b"Content-Length: 5\r\nTransfer-Encoding:",
            b"Content-Length: 5\r\nTransfer-Encoding: gzip",
            b"Connection: content-length\r\nContent-Length: x",
        )
    ),
)

CODINGS = refused(
    400,
    "coding",
    (
        post(b"Transfer-Encoding:" + value, body=HELLO)
        for value in (
            b"",
            b" ",
            b" identity",
            b" gzip",
            b" gzip, chunked",
            b" chunked, gzip",
            b" chunked, chunked",
            b" chunked,chunked",
            b" ,chunked",
            b" chunked,",
            b" , chunked",
            b" chunked ,",
            b" identity, chunked",
            b" chunked, identity",
            b" x, chunked",
            b" xchunked",
            b" chunkedx",
            b" chunked x",
            b" x chunked",
            b" chunk",
            b" chunked;a=b",
            b" chunked;",
            b' "chunked"',
            b" 'chunked'",
            b" [chunked]",
            b" chunked\xff",
            b" \xffchunked",
            b" chun\xb5ed",
            b" chunked\r\nTransfer-Encoding: chunked",
            b" chunked\r\nTransfer-Encoding: identity",
            b" identity\r\nTransfer-Encoding: chunked",
            b" chunked\r\nTransfer-Encoding:",
            b"\r\nTransfer-Encoding: chunked",
            b" chunked\r\ntransfer-encoding: x",
            b" deflate",
            b" br",
            b" trailers",
            b" chunked\xc2\xa0",
            b" chunked\t",
        )
    ),
) + refused(
    400,
    "old coding",
    (head(TE, start=b"POST / HTTP/1.0", end=HELLO), head(TE, start=b"GET / HTTP/1.0")),
)

CHUNK_LINES = refused(
    400,
    "chunk",
    (
        chunked(body)
        for body in (
            b"\r\n5\r\nhello\r\n0\r\n\r\n",
            b" 5\r\nhello\r\n0\r\n\r\n",
            b"\t5\r\nhello\r\n0\r\n\r\n",
            b"5 \r\nhello\r\n0\r\n\r\n",
            b"5\t\r\nhello\r\n0\r\n\r\n",
            b"5\nhello\r\n0\r\n\r\n",
            b"5\rhello\r\n0\r\n\r\n",
            b"5\r\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhello\n0\r\n\r\n",
            b"5\r\nhello\r0\r\n\r\n",
            b"5\r\nhello0\r\n\r\n",
            b"5\r\nhellox\r\n0\r\n\r\n",
            b"5\r\nhello \r\n0\r\n\r\n",
            b"5\r\nhello\r\r\n0\r\n\r\n",
            b"5\r\nhell\r\n0\r\n\r\n",
            b"6\r\nhello\r\n0\r\n\r\n",
            b"4\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhello\r\n0\n\r\n",
            b"5\r\nhello\r\n0\r\n\n",
            b"5\r\nhello\r\n0\r\r\n\r\n",
            b"5\r\nhello\r\n0\r\n\r\r\n",
            b"5\r\nhello\r\n0\r\n\rx",
            b"5\r\nhello\r\n\r\n0\r\n\r\n",
            b"5\r\nhello\r\n\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"-0\r\n\r\n",
            b"0x5\r\nhello\r\n0\r\n\r\n",
            b"0X5\r\nhello\r\n0\r\n\r\n",
            b"x5\r\nhello\r\n0\r\n\r\n",
            b"5h\r\nhello\r\n0\r\n\r\n",
            b"5_\r\nhello\r\n0\r\n\r\n",
            b"_5\r\nhello\r\n0\r\n\r\n",
            b"5.\r\nhello\r\n0\r\n\r\n",
            b"5,\r\nhello\r\n0\r\n\r\n",
            b"5:\r\nhello\r\n0\r\n\r\n",
            b"five\r\nhello\r\n0\r\n\r\n",
            b"\xb2\r\nhello\r\n0\r\n\r\n",
            b"\xef\xbc\x95\r\nhello\r\n0\r\n\r\n",
            b"5\0\r\nhello\r\n0\r\n\r\n",
            b"\x005\r\nhello\r\n0\r\n\r\n",
            b";\r\nhello\r\n0\r\n\r\n",
            b";a\r\nhello\r\n0\r\n\r\n",
            b"00000000000000005\r\nhello\r\n0\r\n\r\n",
            b"10000000000000005\r\nhello\r\n0\r\n\r\n",
            b"fffffffffffffffff\r\nhello",
            b"5;a\nb\r\nhello\r\n0\r\n\r\n",
            b"5;a\n\r\nhello\r\n0\r\n\r\n",
            b"5;\n\r\nhello\r\n0\r\n\r\n",
            b"5;a\rb\r\nhello\r\n0\r\n\r\n",
            b"5;\0\r\nhello\r\n0\r\n\r\n",
            b"5;\x7f\r\nhello\r\n0\r\n\r\n",
            b"5;" + b"a" * 300 + b"\r\nhello\r\n0\r\n\r\n",
            b"5;" + b"a" * 300,
            b"5 ;" + b" " * 300 + b"\r\nhello\r\n0\r\n\r\n",
            b"5" + b" " * 300,
            b"5 a\r\nhello\r\n0\r\n\r\n",
            b"5 5\r\nhello\r\n0\r\n\r\n",
            b"0\r\nn\r\n\r\n",
            b"0\r\n: v\r\n\r\n",
            b"0\r\nn : v\r\n\r\n",
            b"0\r\n n: v\r\n\r\n",
            b"0\r\nn: v\r\n v\r\n\r\n",
            b"0\r\nn: v\n\r\n",
            b"0\r\nn: v\rm: v\r\n\r\n",
            b"0\r\nn: \0\r\n\r\n",
            b"0\r\nn: " + b"v" * 9000 + b"\r\n\r\n",
            b"0\r\n" + b"n: v\r\n" * 2000 + b"\r\n",
            b"0\r\n" + HIDDEN,
            b"0\r\nGET /hidden HTTP/1.1\r\n\r\n",
        )
    ),
)

GOOD_CHUNKS = passes(
    "chunk",
    (
        (chunked(body), b"POST / " + sent)
        for body, sent in (
            (b"0\r\n\r\n", b""),
            (b"000\r\n\r\n", b""),
            (b"0000000000000000\r\n\r\n", b""),
            (HELLO, b"hello"),
            (b"05\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"0000000000000005\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
            (b"a\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
            (b"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", b"hello"),
            (b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n"),
            (b"5\r\n0\r\n\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
            (b"5;a\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b'5;a=b;c="d;e"\r\nhello\r\n0;x\r\n\r\n', b"hello"),
            (b"5 ;a\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"5;\xff\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"5;" + b"a" * 250 + b"\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"0\r\nn: v\r\nContent-Length: 9\r\nHost: b\r\nCookie: c\r\n\r\n", b""),
            (b"0\r\nTransfer-Encoding: chunked\r\nX-Forwarded-For: b\r\n\r\n", b""),
        )
    ),
) + passes(
    "coding",
    (
        (post(b"Transfer-Encoding:" + value, body=HELLO), b"POST / hello")
        for value in (
            b"chunked",
            b"  chunked  ",
            b"\tchunked",
            b" CHUNKED",
            b" ChUnKeD",
        )
    ),
)

LENGTH_BODIES = passes(
    "length",
    (
        (post(b"Content-Length: 0"), b"POST / "),
        (post(b"Content-Length: 5", body=b"hello"), b"POST / hello"),
        (post(b"Content-Length: 00005", body=b"hello"), b"POST / hello"),
        (post(b"Content-Length:5  ", body=b"hello"), b"POST / hello"),
        (post(b"Content-Length:\t5", body=b"hello"), b"POST / hello"),
        (head(b"Content-Length: 5", end=b"hello"), b"GET / hello"),
        (head(TE, end=HELLO), b"GET / hello"),
        (
            head(b"Content-Length: 4", start=b"DELETE / HTTP/1.1", end=b"\r\n\r\n"),
            b"DELETE / \r\n\r\n",
        ),
        (
            post(b"Connection: content-length", b"Content-Length: 5", body=b"hello"),
            b"POST / hello",
        ),
        (post(b"Connection: transfer-encoding", TE, body=HELLO), b"POST / hello"),
        (
            head(b"Content-Length: 5", start=b"POST / HTTP/1.0", end=b"hello"),
            b"POST / hello",
        ),
        (post(b"Content-Length: %d" % len(HIDDEN), body=HIDDEN), b"POST / " + HIDDEN),
    ),
)

SHORT = (
    Case("a body that does not come", post(b"Content-Length: 5", body=b"hell"), ()),
    Case("a chunk that does not come", chunked(b"5\r\nhell"), ()),
    Case("a last chunk that does not come", chunked(b"5\r\nhello\r\n"), ()),
    Case("half a last chunk", chunked(b"0\r\n"), ()),
    Case("a huge chunk", chunked(b"ffffffffffffffff\r\nhello"), ()),
    Case("a huge length", post(b"Content-Length: 999999999999999999"), ()),
)

CASES = (*LENGTHS, *CODINGS, *CHUNK_LINES, *GOOD_CHUNKS, *LENGTH_BODIES, *SHORT)
