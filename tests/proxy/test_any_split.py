"""However TCP cuts what is sent, the whole proxy sends the same on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proxy.corpus.case import Case
from tests.proxy.corpus.every import CASES
from tests.proxy.corpus.responses import BAD, GOOD, SPLITTING, Reply
from tests.proxy.cutting import split
from tests.proxy.harness import TO_ONE, Harness
from tests.proxy.observing import check_agreement, play, summary

SHORT = [case for case in CASES if len(case.sent) < 3000]
CUTS = st.lists(st.integers(0, 3000), max_size=8)


@settings(max_examples=200)
@given(st.sampled_from(SHORT), CUTS)
def test_requests(case: Case, cuts: list[int]) -> None:
    """Their heads and bodies reach the upstream alike, and are refused alike."""
    sent = case.sent
    whole, cut = play([sent]), play(split(sent, cuts))
    assert summary(whole) == summary(cut)
    if cut.connected and cut.messages:
        check_agreement(cut)


@settings(max_examples=200)
@given(st.sampled_from([each for each in (*GOOD, *BAD) if len(each.sent) < 3000]), CUTS)
def test_responses(reply: Reply, cuts: list[int]) -> None:
    """They reach the client alike, but for where chunks were cut."""
    assert answered(reply, [reply.sent]) == answered(reply, split(reply.sent, cuts))


@settings(max_examples=50)
@given(st.sampled_from(SPLITTING), CUTS)
def test_forged_responses(reply: Reply, cuts: list[int]) -> None:
    """Wherever they are cut, nothing of a second response is shown."""
    assert b"forged" not in answered(reply, split(reply.sent, cuts))


def answered(reply: Reply, pieces: list[bytes]) -> bytes:
    """Return what the client is sent when an upstream answers in these pieces."""
    client, _ = Harness(TO_ONE).answered(reply.method, pieces)
    said = client.take()
    client.hang_up()
    return said
