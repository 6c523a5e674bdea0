"""Phrases: where several words together carry one sense; the words stand in `lexicon`.

"|" parts the phrases of a sense.
"""

from bot.domain.language.lexicon import Sense

_FIRM: dict[Sense, str] = {
    Sense.WHY: "how come",
    Sense.COUNT: "how many | number of | count of | count",
    Sense.WH: "how severe | how serious | how critical",
    Sense.FAIL: (
        "went wrong | go wrong | going wrong | fell over | fell through | blew up | not ok | "
        "not okay | not green | did not make it | not make it"
    ),
    Sense.PASSED: "went through | got through | made it",
    Sense.ERROR: "timed out",
    Sense.SKIP: (
        "did not run | was not run | were not run | not executed | not get executed | "
        "not get run | never ran | left out"
    ),
    Sense.CRITICAL: "high severity | highest severity",
    Sense.MODERATE: "medium severity",
    Sense.MINOR: "low severity | lowest severity",
    Sense.PENDING: "still running | in progress | not finished | not done",
    Sense.A11Y: "screen reader",
    Sense.CONSOLE: (
        "java script | browser console | browser errors | browser log | browser logs | "
        "client side errors | frontend errors | dev tools | dev console | console log | "
        "console logs"
    ),
    Sense.HOSTING: "server hosting | hosting server",
    Sense.ALL: "the whole thing | whole thing | the whole lot | the lot",
    Sense.OR_WORSE: "or worse | or higher | or above | and above | and up | and worse | at least",
    Sense.STATUS: (
        "what is up with | up with | how did we do | how did it do | good or bad | "
        "did we make it | did it make it | in short | in a nutshell | bottom line | "
        "short version | tl dr | sum up | how did it go | how is it going | how is it looking | "
        "how does it look | how are things | how is it | going on | how far | where are we | "
        "where do we stand | sum it up | how is the run | how is everything | "
        "where do things stand | how is the test run | how is this run"
    ),
    Sense.FILLER: (
        "kick off | kick it off | fire it off | at the moment | right now | up to | so much | "
        "very much | did it find | did the run find"
    ),
    Sense.GOAL: "intended to | trying to | try to",
    Sense.DETAIL: "tell me more | more about | in full | in detail",
    Sense.LINK: (
        "in qatech | in qa tech | where can i see | where can i find | where do i see | "
        "where do i find | open in"
    ),
    Sense.RERUN: (
        "trigger a rerun | start a rerun | launch a rerun | do a rerun | run again | "
        "run it again | run this again | run that again | run them again | run all again | "
        "run everything again | run once more | run it once more | try it again | re run | "
        "re try | start again"
    ),
    Sense.COMPARE: (
        "what is new | what is different | what was different | new failures | new failure | "
        "newly failing | newly broken | regressions | regression"
    ),
    Sense.PREVIOUS: "last time | last run | previous one | run before",
    Sense.MUTE: "be quiet | shut up | keep quiet",
    Sense.AGAIN: "one more time",
    Sense.STOP: "cancel the watch | cancel watching | end the watch",
    Sense.UNMUTE: "un mute | stop muting | speak again | talk again",
    Sense.PRONOUN: "this channel | the channel | this thread | the thread",
    Sense.HELP: (
        "what can you tell me | how to use | can i ask | help me | help us | what can you do | "
        "what can i ask | what can i ask you | what can i do | how does this work | "
        "how do i use you | what do you understand | how do i use this | how do i use it | "
        "how to use this | how to use it | how does it work"
    ),
    Sense.THANKS: (
        "thank you | thank u | many thanks | thanks a lot | thanks a bunch | thanks a ton | "
        "thanks a million | good bot"
    ),
    Sense.AGENT: "false positives | test agent | ai agent | qa tech | not the product",
    Sense.CASES: "test cases",
    Sense.CASE: "test case",
    Sense.RUN: "test run",
    Sense.POLITE: "can you | could you | would you | will you | can u | could u",
    Sense.SHOW: (
        "show me | show us | tell me | tell us | give me | give us | send me | get me | "
        "i want to see | i want to know | i wanna see | i wanna know | i would like to see | "
        "i would like to know | i would like | i need to see | i need to know | i need | i want "
        "| let me see | can i see | can i get | can i have | could i see | could i get | "
        "could i have | may i see | can we see | can we get | can we have"
    ),
    Sense.ANY: (
        "do we have | did we get | have we got | do i have | are there | is there | were there "
        "| was there"
    ),
    Sense.AUX: "did we | are we",
    Sense.GREETING: "good morning",
    Sense.BOT: "qa bot | qarun bot",
}

_SOFT: dict[Sense, str] = {
    Sense.STATUS: (
        "the word | the news | any news | in brief | at a glance | up to date | did i miss | "
        "thumbs up | all clear | can we ship | can we release | can we deploy | safe to ship | "
        "safe to release | safe to deploy | good to go | ready to ship | how much longer | "
        "how far along | any good | state of play | the situation | what is up | how healthy | "
        "the story | brief me | any update | any updates | update me | catch me up | fill me in "
        "| up to speed | any progress | how bad | sup | are we there | the damage | any luck | "
        "how are we doing | is it bad"
    ),
    Sense.FAIL: (
        "needs attention | need attention | needs fixing | need fixing | needs work | messed up "
        "| blowing up | in trouble | bad news | bad ones | went south | went sideways | "
        "went bad | go south"
    ),
    Sense.CRITICAL: (
        "high priority | highest priority | top priority | most important | most severe | "
        "most serious | most critical | worst"
    ),
    Sense.GOAL: (
        "the point of | the idea of | the idea behind | should happen | is expected | "
        "expected outcome | expected result"
    ),
    Sense.PRODUCT: (
        "app bugs | our bugs | application failures | application bugs | our fault | "
        "true failure | true failures | legit failure | legit failures | legit bugs"
    ),
    Sense.LINK: (
        "view this in | view it in | see it in | see this in | show in | where is it | "
        "take me to | bring me to | jump to"
    ),
    Sense.COMPARE: (
        "get worse | got worse | get better | got better | new issues | new problems | "
        "like this before"
    ),
    Sense.STOP: "forget about | forget it | forget this",
    Sense.COUNT: "how much",
    Sense.HELP: (
        "what you can do | what are you good for | cheat sheet | how do you work | "
        "what do you do | what can i say | how can you help | how do you help"
    ),
    Sense.POLITE: "can we | could we",
    Sense.RERUN: (
        "do over | another round | once more | try again | start over | another go | "
        "another try | another shot | another spin | another run"
    ),
    Sense.THANKS: (
        "much obliged | you rock | love it | appreciated | much appreciated | appreciate it | "
        "good job | great job | nice work | well done | nice one | good one"
    ),
    Sense.AGENT: "test problems | test issues | false alarm | false alarms | not our fault",
    Sense.WHY: (
        "root cause | what made | what is behind | led to | the deal with | the matter with | "
        "what gives | rca"
    ),
    Sense.MINOR: "low priority",
    Sense.MUTE: "be silent | do not disturb",
}
"""Of these people say as much to each other: understood only where the bot is addressed."""


def _phrases(of: dict[Sense, str]) -> dict[tuple[str, ...], Sense]:
    return {
        tuple(phrase.split()): sense
        for sense, phrases in of.items()
        for phrase in phrases.split("|")
    }


SOFT_PHRASES = frozenset(_phrases(_SOFT))
PHRASES = _phrases(_FIRM) | _phrases(_SOFT)
