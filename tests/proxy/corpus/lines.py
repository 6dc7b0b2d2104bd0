"""Request lines, methods, versions, targets."""

from tests.proxy.corpus.case import HOST, Case, bare, head, passes, refused

CONTROLS = bytes((*range(9), *range(10, 32), 127))

METHODS = passes(
    "method",
    (
        (head(start=b"%s / HTTP/1.1" % method), b"%s / " % method)
        for method in b"GET HEAD DELETE OPTIONS POST PUT PATCH PROPFIND REPORT".split()
    ),
)

REFUSED_METHODS = refused(
    501,
    "method",
    (
        head(start=b"%s / HTTP/1.1" % method)
        for method in b"TRACE CONNECT get GeT FOO G GETT G-ET GET! G'ET".split()
    ),
) + refused(
    501,
    "connect",
    (
        bare(b"CONNECT a:80 HTTP/1.1", HOST),
        bare(b"CONNECT a HTTP/1.1", HOST),
        bare(b"TRACE * HTTP/1.1", HOST),
        bare(b"TRACE http://a/ HTTP/1.1", HOST),
    ),
)

LINES = refused(
    400,
    "line",
    (
        bare(line, HOST)
        for line in (
            b"GET  / HTTP/1.1",
            b"GET /  HTTP/1.1",
            b" GET / HTTP/1.1",
            b"\tGET / HTTP/1.1",
            b"GET\t/ HTTP/1.1",
            b"GET /\tHTTP/1.1",
            b"GET / HTTP/1.1 ",
            b"GET / HTTP/1.1\t",
            b"GET / HTTP/1.1 x",
            b"PRI / HTTP/1.1",
            b"GET /a b HTTP/1.1",
            b"GET / a HTTP/1.1",
            b"GET /\x0bHTTP/1.1",
            b"GET /\x0cHTTP/1.1",
            b"GET\x0b/ HTTP/1.1",
            b"GET /\xa0 HTTP/1.1",
            b"GET /\xc3\xa9 HTTP/1.1",
            b"GET\xa0/ HTTP/1.1",
            b"GET",
            b"GET ",
            b"GET /",
            b"GET / ",
            b"GET / HTTP",
            b"GET / HTTP/",
            b"GET / HTTP/1",
            b"GET / HTTP/1.",
            b"GET / HTTP/.1",
            b"GET / HTTP/1.10",
            b"GET / HTTP/11",
            b"GET / HTTP/01.1",
            b"GET / HTTP/1.1.1",
            b"GET / HTTP/1,1",
            b"GET / HTTP/a.b",
            b"GET / HTTP /1.1",
            b"GET / http/1.1",
            b"GET / Http/1.1",
            b"GET / HTTPS/1.1",
            b"GET / ICAP/1.0",
            b"GET / RTSP/1.0",
            b"GET / HTTP/-1.1",
            b"GET / HTTP/+1.1",
            b"GET / HTTP\\1.1",
            b"GET / HTTP/\xb9.1",
            b"GET HTTP/1.1",
            b" / HTTP/1.1",
            b"/ HTTP/1.1",
            b"HTTP/1.1 200 OK",
            b"G\xc3T / HTTP/1.1",
            b"G(T / HTTP/1.1",
            b"G:T / HTTP/1.1",
            b'"GET" / HTTP/1.1',
            b"[GET] / HTTP/1.1",
            b"GET,POST / HTTP/1.1",
            b"GE@T / HTTP/1.1",
            b"{} / HTTP/1.1",
            b"\xef\xbb\xbfGET / HTTP/1.1",
        )
    ),
)

VERSIONS = refused(
    505,
    "version",
    (
        head(start=b"GET / HTTP/%s" % version)
        for version in b"0.9 0.0 1.2 1.9 2.0 3.0 9.9 2.1 0.1".split()
    ),
) + refused(
    505, "preface", (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0",)
)

CONTROLLED = refused(
    400,
    "control",
    (
        bare(line.replace(b"#", bytes((byte,))), HOST)
        for byte in CONTROLS
        for line in (b"GET /# HTTP/1.1", b"G#T / HTTP/1.1", b"GET / HTTP/1.1#")
        if not (byte in (10, 13) and line.endswith(b"#"))
    ),
)

TARGETS = refused(
    400,
    "target",
    (
        head(start=b"GET %s HTTP/1.1" % target)
        for target in (
            b"a",
            b"*",
            b"?",
            b"?a",
            b"a/b",
            b".",
            b"#",
            b"/#",
            b"/a#b",
            b"/?a#b",
            b"/\\",
            b"/a\\..\\b",
            b"\\",
            b"\\\\a",
            b"/<a>",
            b"/?<a>",
            b'/"',
            b"http:",
            b"http:/",
            b"http://",
            b"http:///",
            b"http://?",
            b"http://#",
            b"http:a/",
            b"http:/a/",
            b"http:\\\\a/",
            b"http://u@a/",
            b"http://u:p@a/",
            b"http://a:/",
            b"http://a:b/",
            b"http://a:123456/",
            b"http://a\\b/",
            b"http://[a/",
            b"http://a]/",
            b"http://a/#",
            b"http://a#/",
            b"ftp://a/",
            b"ws://a/",
            b"wss://a/",
            b"file:///a",
            b"data:a",
            b"javascript:a",
            b"urn:a:b",
            b"mailto:a",
            b"a:80",
            b"http://b/",
            b"http://b:80/",
            b"http://a:80/",
            b"http://a:81/",
            b"http://aa/",
            b"http://a./",
            b"http://a%00/",
            b"http://%61/",
            b"https://b/",
        )
    ),
) + refused(
    400, "target", (head(start=b"POST * HTTP/1.1"), head(start=b"PUT * HTTP/1.1"))
)

GOOD_TARGETS = passes(
    "target",
    (
        (head(start=b"GET %s HTTP/1.1" % target), b"GET %s " % sent)
        for target, sent in (
            (b"//", b"//"),
            (b"///a", b"///a"),
            (b"//b/", b"//b/"),
            (b"/..", b"/.."),
            (b"/../../etc/passwd", b"/../../etc/passwd"),
            (b"/%2e%2e/", b"/%2e%2e/"),
            (b"/%00", b"/%00"),
            (b"/%", b"/%"),
            (b"/%zz", b"/%zz"),
            (b"/%0d%0aX:%20y", b"/%0d%0aX:%20y"),
            (b"/a;b=c", b"/a;b=c"),
            (b"/a:b@c", b"/a:b@c"),
            (b"/[a]", b"/[a]"),
            (b"/{a}|b^`~", b"/{a}|b^`~"),
            (b"/?", b"/?"),
            (b"/??", b"/??"),
            (b"/?a=b&c=%20", b"/?a=b&c=%20"),
            (b"/?a\\b", b"/?a\\b"),
            (b"/?http://b/", b"/?http://b/"),
            (b"/http://b/", b"/http://b/"),
            (b"/a" * 2000, b"/a" * 2000),
            (b"http://a", b"/"),
            (b"http://a/", b"/"),
            (b"HTTP://A/x", b"/x"),
            (b"https://a/x?y", b"/x?y"),
            (b"http://a?y", b"/?y"),
            (b"http://a//b", b"//b"),
        )
    ),
) + passes("asterisk", ((head(start=b"OPTIONS * HTTP/1.1"), b"OPTIONS * "),))

EMPTY_LINES = (
    Case("one empty line first", b"\r\n" + head(), (200,), (b"GET / ",)),
    Case("two empty lines first", b"\r\n\r\n" + head(), (400,)),
    Case("a bare LF first", b"\n" + head(), (400,)),
    Case("a bare CR first", b"\r" + head(), (400,)),
    Case("a blank first", b" \r\n" + head(), (400,)),
    Case("nothing at all", b"\r\n", ()),
    Case("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", (400,)),
    Case("an SSH banner", b"SSH-2.0-OpenSSH_9.9\r\n", (400,)),
    Case("HTTP/0.9", b"GET /\r\n", (400,)),
    Case("HTTP/0.9 with bare LF", b"GET /\n", (400,)),
    Case("a proxy's first line", b"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n", (400,)),
)

CASES = (
    *METHODS,
    *REFUSED_METHODS,
    *LINES,
    *VERSIONS,
    *CONTROLLED,
    *TARGETS,
    *GOOD_TARGETS,
    *EMPTY_LINES,
)
