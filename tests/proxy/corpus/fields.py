"""Header fields: names, values, folds, line ends, Host, sizes."""

from tests.proxy.corpus.case import Case, bare, head, passes, refused
from tests.proxy.corpus.lines import CONTROLS

GET = b"GET / HTTP/1.1"

NAMES = refused(
    400,
    "name",
    (
        head(line)
        for line in (
            b": v",
            b"n",
            b"n v",
            b"n : v",
            b"n\t: v",
            b" n: v",
            b"\tn: v",
            b"n n: v",
            b"n\x0b: v",
            b"n\xa0: v",
            b"\xc3\xa9: v",
            b"n(: v",
            b"n): v",
            b"n,: v",
            b"n/: v",
            b"n;: v",
            b"n<: v",
            b"n=: v",
            b"n>: v",
            b"n?: v",
            b"n@: v",
            b"n[: v",
            b"n\\: v",
            b"n]: v",
            b"n{: v",
            b"n}: v",
            b'n": v',
            b"Content-Length : 0",
            b"Content-Length\t: 0",
            b"Transfer-Encoding : chunked",
            b"Transfer-Encoding\t: chunked",
            b"Transfer-Encoding\x0b: chunked",
            b"Transfer-Encoding\x00: chunked",
            b" Transfer-Encoding: chunked",
            b"Host : a",
            b" Host: a",
        )
    ),
)

FOLDS = refused(
    400,
    "fold",
    (
        head(line)
        for line in (
            b"n: v\r\n v",
            b"n: v\r\n\tv",
            b"n:\r\n v",
            b"n: v\r\n ",
            b"n: v\r\n \r\n v",
            b"Content-Length: 0\r\n 0",
            b"Transfer-Encoding:\r\n chunked",
            b"Transfer-Encoding: chunked\r\n x",
            b"n: v\r\n Transfer-Encoding: chunked",
        )
    ),
) + refused(400, "fold", (bare(GET, b" Host: a"), bare(GET, b"Host:", b" a")))

LINE_ENDS = refused(
    400,
    "line end",
    (
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\n\n",
        b"GET / HTTP/1.1\rHost: a\r\r",
        b"GET / HTTP/1.1\r\nHost: a\rn: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
        b"GET / HTTP/1.1\r\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nn: v\r\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nn: v\n\rm: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nn: v\nm: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nn: v\rm: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\rn: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\nn: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nn\r\n: v\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nn: \nContent-Length: 5\r\n\r\n",
    ),
)

CONTROLLED = refused(
    400,
    "control",
    (
        head(line.replace(b"#", bytes((byte,))))
        for byte in CONTROLS
        for line in (b"n: a#b", b"n#: a", b"n:#a", b"n: a#")
        if not (byte == 10 and line.endswith(b"#"))
    ),
)

VALUES = passes(
    "value",
    (
        (head(line), b"GET / ")
        for line in (
            b"n:",
            b"n: ",
            b"n:v",
            b"n:  v  ",
            b"n:\tv\t",
            b"n: \xff\xfe",
            b'n: a, b;c="d"',
            b"n: :",
            b"n: v\tv",
            b"!#$%&'*+-.^_`|~: v",
            b"n: " + b"v" * 8000,
            b"N: 1\r\nn: 2\r\nN: 3",
            b"_n: v",
            b"content_length: 9",
            b"transfer_encoding: chunked",
            b"Content.Length: 9",
            b"X-Content-Length: 9",
            b"Transfer-Encodin: chunked",
            b"Connection: close",
            b"Connection: n, keep-alive\r\nn: v",
            b"Connection: host, content-length, cookie",
            b"Connection: transfer-encoding",
            b"Connection:",
            b"Connection: ,,",
            b"Connection: upgrade",
            b"Keep-Alive: timeout=5",
            b"Proxy-Connection: keep-alive",
            b"TE: trailers",
            b"TE: chunked",
            b"Trailer: Content-Length",
            b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: a",
            b"Upgrade: TLS/1.0\r\nConnection: upgrade",
            b"Forwarded: for=6.6.6.6;host=b;proto=https",
            b"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: b",
            b"X_Forwarded_For: 6.6.6.6",
            b"X-HTTP-Method-Override: DELETE",
            b"X-Original-URL: /admin\r\nX-Rewrite-URL: /admin",
            b"Cookie: a=b; c=d\r\nCookie: e=f",
            b"Range: bytes=0-1,0-1,0-1",
            b"Expect: 100-continue",
            b"Expect: 100-Continue",
        )
    ),
)

EXPECTATIONS = refused(
    417,
    "expect",
    (
        head(line)
        for line in (
            b"Expect: x",
            b"Expect:",
            b"Expect: 100-continue, x",
            b"Expect: 100-continue\r\nExpect: 100-continue",
            b"Expect: 100 continue",
        )
    ),
)

HOSTS = refused(
    400,
    "host",
    (
        bare(GET),
        bare(GET, b"Host: a", b"Host: a"),
        bare(GET, b"Host: a", b"host: b"),
        bare(GET, b"Host: a", b"n: v", b"HOST: a"),
        bare(b"GET / HTTP/1.0", b"Host: a", b"Host: b"),
        bare(b"GET http://a/ HTTP/1.1"),
        bare(b"GET http://a/ HTTP/1.1", b"Host: b"),
        bare(b"GET http://a/ HTTP/1.0", b"Host: b"),
        bare(b"GET http://a:80/ HTTP/1.1", b"Host: a:81"),
        *(
            bare(GET, b"Host:" + host)
            for host in (
                b"",
                b" ",
                b"a b",
                b"a,b",
                b"a, a",
                b"a/",
                b"a/b",
                b"/",
                b"a?b",
                b"a#b",
                b"a@b",
                b"u:p@a",
                b"a:",
                b"a:b",
                b"a:-1",
                b"a:+1",
                b"a:1:2",
                b"a:123456",
                b"a: 80",
                b"a :80",
                b":80",
                b".",
                b".a",
                b"-a",
                b"[",
                b"[]",
                b"[::1",
                b"::1",
                b"[::1]a",
                b"[::1%25eth0]",
                b"[v1.a]",
                b"<h1>",
                b'a"',
                b"a'b",
                b"a;b",
                b"a\\b",
                b"a%00b",
                b"a%2eb",
                b"http://a",
                b"\xc3\xa9",
                b"a\x80",
                b"*",
                b"a=b",
                b"a&b",
                b"(a)",
                b"{a}",
                b"a|b",
            )
        ),
    ),
)

GOOD_HOSTS = passes(
    "host",
    (
        (bare(GET, b"Host: " + host), b"GET / ")
        for host in (
            b"A",
            b"a.b",
            b"a.",
            b"a-b",
            b"a_b",
            b"1.2.3.4",
            b"1.2.3.4:80",
            b"[::1]",
            b"[::1]:8080",
            b"a:0",
            b"a:65535",
            b"xn--e1afmkfd.example",
        )
    ),
) + passes(
    "old host",
    (
        (bare(b"GET / HTTP/1.0"), b"GET / "),
        (bare(b"GET / HTTP/1.0", b"Host: a"), b"GET / "),
        (bare(b"GET http://a/ HTTP/1.0"), b"GET / "),
    ),
)

SIZES = refused(
    431,
    "size",
    (
        head(b"n: " + b"v" * 70000),
        head(b"n" * 70000 + b": v"),
        head(start=b"GET /%s HTTP/1.1" % (b"a" * 70000)),
        head(*[b"n: v"] * 101),
        head(*[b"n: v"] * 100),
        head(*[b"n: " + b"v" * 600] * 110),
        head(*[b"n:"] * 30000),
    ),
) + passes("size", ((head(*[b"n: v"] * 99), b"GET / "),))

UNFINISHED = (
    Case("an endless line", b"G" * 70000, (431,)),
    Case("an endless target", b"GET /" + b"a" * 70000, (431,)),
    Case("an endless value", b"GET / HTTP/1.1\r\nn: " + b"v" * 70000, (431,)),
    Case("endless headers", b"GET / HTTP/1.1\r\n" + b"n: v\r\n" * 20000, (431,)),
    Case("half a head", b"GET / HTTP/1.1\r\nHost: a\r\n", ()),
    Case("half a line", b"GET / HT", ()),
)

CASES = (
    *NAMES,
    *FOLDS,
    *LINE_ENDS,
    *CONTROLLED,
    *VALUES,
    *EXPECTATIONS,
    *HOSTS,
    *GOOD_HOSTS,
    *SIZES,
    *UNFINISHED,
)
