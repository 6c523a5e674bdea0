"""Follow-up questions in a run's thread: every kind answered, people left to themselves."""

from functools import partial

from bot.playground.scenarios import three_failed
from bot.playground.slack_state import Message
from bot.slack.listeners.events.messages import THANKS_REACTION
from tests.e2e.stage import Installation, outside_threads, whole_text
from tests.e2e.talk import mention, reply_to, reported, said_by_bot, say

ANSWERED = {
    "status?": ("Run Bq7Tz failed", "3 failed", "18 passed"),
    "what broke?": ("Apply a discount code", "Guest checkout", "Choose a pick-up point"),
    "wich tests pased?": ("18 of 24 test cases passed", "Search finds products by name"),
    "what was skipped?": ("Order history lists the latest order", "Skipped: it needs"),
    "any errors?": ("Checkout with Klarna", "Reset a forgotten password"),
    "why did guest checkout fail?": ("stays disabled", "product failure", "I waited 30 seconds"),
    "why did klarna fail?": ("ran out of steps", "test agent problem"),
    "why 2": ("Apply a discount code at checkout", "the total does not change"),
    "what does apply a discount code test?": ("Enter a valid discount code", "WELCOME10"),
    "critical accessibility issues?": ("Buttons must have discernible text", "Form elements"),
    "any console errors?": ("Console", "TypeError"),
    "hosting issues": ("Hosting", "without a cache lifetime"),
    "issues in guest checkout": ("Buttons must have discernible text",),
    "issue 1": ("have no name for a screen reader", "How to fix", "wcag412", "Found in 3"),
    "product failures only": ("failed because of the product", "Guest checkout with a card"),
    "agent problems only": ("Checkout with Klarna", "Reset a forgotten password"),
    "link please": ("https://app.qa.tech/p/fjord-supply/results/Bq7Tz",),
    "help": ("You can ask me about this run", "what failed?"),
}


async def test_every_kind_of_question_is_answered_in_its_thread(everywhere: Installation) -> None:
    everywhere.stage.qatech.add(three_failed(duration=0))
    rooms = {text: everywhere.channel(f"room-{n}") for n, text in enumerate(ANSWERED)}
    for room in rooms.values():
        await everywhere.type("Bq7Tz", where=room)
    reports = {text: await everywhere.told("Bq7Tz", room) for text, room in rooms.items()}
    asked = len(everywhere.asked_for("Bq7Tz"))
    for text, report in reports.items():
        await say(everywhere, text, report)
    for text, report in reports.items():
        (reply,) = await everywhere.until(partial(said_by_bot, everywhere, report))
        missing = [words for words in ANSWERED[text] if words not in whole_text(reply)]
        assert not missing, f"{text}: {missing} in {whole_text(reply)}"
        assert reply.thread_ts == report.ts
        assert not reply.is_broadcast
    for room in rooms.values():
        assert len(room.messages) == 3, "the report, the question and one answer"
    assert len(everywhere.asked_for("Bq7Tz")) == asked, "a report that is stored is not asked for"


async def test_what_people_say_to_each_other_is_left_alone(everywhere: Installation) -> None:
    slack, qa, ada, ben = everywhere.slack, everywhere.qa, everywhere.ada, everywhere.ben
    report = await reported(everywhere, three_failed(duration=0))
    for text in (
        "I think checkout is broken since yesterday",
        f"<@{ben.id}> what failed?",
        "can you look at this failed deploy?",
        "who is on call?",
        "rerunning it locally now",
        "lgtm",
        "see <https://github.com/acme/shop/pull/12>",
    ):
        await say(everywhere, text, report, by=ada)
    await say(everywhere, "what failed?", report, by=slack.other_bot)
    edited = await say(everywhere, "which cat?", report)
    await slack.edit_message(ada, qa, edited.ts, "what failed?")
    taken_back = await say(everywhere, "hm", report)
    await slack.delete_message(qa, taken_back.ts)
    foreign = slack.post(Message("", qa.id, slack.other_bot, "Deployed 1.2.3"))
    await say(everywhere, "what failed?", foreign)
    await say(everywhere, "what failed?")
    # It hears well enough: the next question is answered, and is the only one.
    await reply_to(everywhere, "what failed?", report)
    assert len(said_by_bot(everywhere, report)) == 1
    assert not said_by_bot(everywhere, foreign)
    assert not slack.ephemeral
    assert len([m for m in outside_threads(qa) if m.author.id == slack.bot.id]) == 1


async def test_an_event_that_is_delivered_twice_is_answered_once(everywhere: Installation) -> None:
    report = await reported(everywhere, three_failed(duration=0))
    for text in ("what failed?", mention(everywhere, "what failed?")):
        said = await say(everywhere, text, report)
        for delivery in said.deliveries:
            await everywhere.slack.redeliver(delivery)
    await everywhere.until(lambda: len(said_by_bot(everywhere, report)) == 2)
    await reply_to(everywhere, "status", report)
    assert len(said_by_bot(everywhere, report)) == 3


async def test_what_is_said_to_the_bot_is_always_answered_with_examples_once(
    installation: Installation,
) -> None:
    report = await reported(installation, three_failed(duration=0))
    first = await reply_to(installation, mention(installation, "what is love?"), report)
    assert 'Try `why did "Guest checkout with a card" fail?`' in first.text
    second = await reply_to(installation, mention(installation, "sing a song"), report)
    assert second.text == "I did not understand that. Say `help` to see what I know."
    await say(installation, "what is love?", report)  # said to nobody in particular
    third = await reply_to(installation, mention(installation, "and what failed?"), report)
    assert "3 failed" in third.text
    assert len(said_by_bot(installation, report)) == 3


async def test_gratitude_gets_a_reaction_and_no_words(installation: Installation) -> None:
    report = await reported(installation, three_failed(duration=0))
    said = await say(installation, "thanks!", report)
    await installation.until(lambda: said.message.reactions)
    assert said.message.reactions == {THANKS_REACTION: [installation.slack.bot.id]}
    mentioned = await say(installation, mention(installation, "thx, that helps"), report)
    await installation.until(lambda: mentioned.message.reactions)
    assert not said_by_bot(installation, report)


async def test_the_bot_can_be_asked_outside_threads_and_in_direct_messages(
    installation: Installation,
) -> None:
    slack = installation.slack
    installation.stage.qatech.add(three_failed(duration=0))
    lost = await say(installation, mention(installation, "what failed?"))
    await installation.until(lambda: said_by_bot(installation, lost.message))
    (how,) = said_by_bot(installation, lost.message)
    assert "Ask me in the thread of a run's message" in how.text
    await say(installation, mention(installation, "Bq7Tz"))
    assert "failed" in (await installation.told("Bq7Tz")).text
    direct = slack.direct_messages(installation.ada.id)
    await say(installation, "Bq7Tz", where=direct)
    report = await installation.told("Bq7Tz", direct)
    assert "3 failed" in (await reply_to(installation, "whats broken", report)).text


async def test_answers_quote_what_others_have_written_without_letting_it_act(
    installation: Installation,
) -> None:
    report = await reported(installation, three_failed(duration=0))
    spite = "&lt;!channel&gt; *_`&lt;https://evil.example|x&gt;"
    reply = await reply_to(installation, mention(installation, f'why did "{spite}" fail?'), report)
    assert "has no test case" in reply.text
    assert "<!channel>" not in whole_text(reply)
    assert "<https://evil" not in whole_text(reply)
