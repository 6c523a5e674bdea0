"""The closed vocabulary: which words carry which sense when people ask about a run.

A sentence that nobody addressed to the bot is answered only where this vocabulary and the names of
the run explain every word of it, so a word is added here only if it keeps its sense in the mouth
of somebody who talks to a colleague.
"""

from enum import StrEnum


class Sense(StrEnum):
    """What a word contributes to a question."""

    # what is asked for
    WHY = "why"
    FAIL = "fail"
    PASSED = "passed"
    SKIP = "skip"
    ERROR = "error"
    CANCEL = "cancel"
    PENDING = "pending"
    ISSUE = "issue"
    A11Y = "accessibility"
    CONSOLE = "console"
    HOSTING = "hosting"
    CRITICAL = "critical"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"
    OR_WORSE = "or_worse"
    BETTER = "better"
    STATUS = "status"
    GOAL = "goal"
    VERIFY = "verify"
    DETAIL = "detail"
    LINK = "link"
    RERUN = "rerun"
    COMPARE = "compare"
    PREVIOUS = "previous"
    STOP = "stop"
    NOTIFY = "notify"
    MUTE = "mute"
    UNMUTE = "unmute"
    HELP = "help"
    THANKS = "thanks"
    AGENT = "agent"
    PRODUCT = "product"
    # how it is asked
    WH = "wh"
    COUNT = "count"
    AUX = "aux"
    SHOW = "show"
    POLITE = "polite"
    NOT = "not"
    ANY = "any"
    ALL = "all"
    ONLY = "only"
    # what it is about
    CASE = "case"
    CASES = "cases"
    RUN = "run"
    PRONOUN = "pronoun"
    WITHIN = "within"
    # the rest
    FILLER = "filler"
    AGAIN = "again"
    GREETING = "greeting"
    BOT = "bot"
    PEOPLE = "people"
    FIRST = "first"
    SECOND = "second"
    SOFT = "soft"
    """Understood where the bot is addressed; foreign to a question where it is not."""


WORDS: dict[Sense, str] = {
    Sense.WHY: "why y reason reasons cause causes caused",
    Sense.FAIL: (
        "fail fails failed failing failure failures broke broken break breaks "
        "breaking red crashed crash crashes crashing reds wrong unsuccessful "
        "unsuccessfully fault faults faulty busted mistake mistakes kill killed "
        "flunk flunked bork borked bombed died dead choked tripped screwed trouble"
    ),
    Sense.PASSED: (
        "pass passed passes passing green greens succeed succeeded succeeds "
        "succeeding success successes successful successfully work works worked "
        "working"
    ),
    Sense.SKIP: "skip skips skipped skipping omitted bypassed",
    Sense.ERROR: "error errors errored erroring exception exceptions timeout timeouts",
    Sense.CANCEL: "cancelled canceled aborted",
    Sense.PENDING: "running pending unfinished queued ongoing remaining",
    Sense.ISSUE: (
        "issue issues problem problems finding findings violation violations defect "
        "defects bug bugs warning warnings concern concerns flaw flaws complaint "
        "complaints barrier barriers"
    ),
    Sense.A11Y: "accessibility a11y accessability accessible accesibility wcag axe alley a11",
    Sense.CONSOLE: "console javascript js devtools",
    Sense.HOSTING: "hosting",
    Sense.CRITICAL: "critical criticals crit blocker blockers urgent",
    Sense.MAJOR: "major majors serious severe",
    Sense.MODERATE: "moderate medium",
    Sense.MINOR: "minor minors trivial cosmetic",
    Sense.OR_WORSE: "worse above higher",
    Sense.BETTER: "better",
    Sense.STATUS: (
        "status summary summarize summarise summarized highlights overview result "
        "results outcome outcomes state progress recap tldr verdict report stats "
        "finished done ended complete completed happened score "
        "rundown finish finishes finishing overall gist lowdown tally breakdown conclusion "
        "situation health debrief briefly eta"
    ),
    Sense.GOAL: "goal goals purpose objective prompt aim supposed meant intention",
    Sense.VERIFY: (
        "verify verifies verifying check checks checking cover covers covering "
        "validate validates testing tested covered checked verified about"
    ),
    Sense.DETAIL: (
        "detail details detailed full more description describe explain explanation "
        "info information reasoning elaborate screenshot screenshots recording recordings"
    ),
    Sense.LINK: "open link url links permalink",
    Sense.RERUN: "rerun reruns retry retrigger redo restart relaunch reexecute retest repeat",
    Sense.COMPARE: (
        "compare compared comparing comparison diff diffs difference differences "
        "differ versus vs change changed changes different improved improvements delta"
    ),
    Sense.PREVIOUS: "previous prev earlier before last prior",
    Sense.STOP: "stop unwatch unfollow unsubscribe quit cease",
    Sense.NOTIFY: (
        "watching following follow watch posting updates alerts alerting "
        "notifications notifying pinging tracking messages updating"
    ),
    Sense.MUTE: "mute silence snooze quiet shush hush shh shhh ssh silent",
    Sense.UNMUTE: "unmute unsnooze",
    Sense.HELP: "help commands usage manual instructions guide capabilities",
    Sense.THANKS: (
        "thanks thank thx ty cheers tnx thankyou thanx tysm tks merci danke gracias ta obliged "
        "kudos bravo"
    ),
    Sense.AGENT: "agent agents platform infrastructure infra qatech flaky flake flakes",
    Sense.PRODUCT: "product real genuine actual",
    Sense.WH: "what which how where wat wht",
    Sense.AUX: (
        "is are was were did do does has have had can could would will be been got doing being"
    ),
    Sense.SHOW: "show list give tell display send post print name enumerate share see",
    Sense.NOT: "exclude excluding except ignore ignoring not no never nothing none without nt",
    Sense.ANY: "any anything something",
    Sense.ALL: "all every everything each both entire whole",
    Sense.ONLY: "only just",
    Sense.CASE: "case test testcase scenario one",
    Sense.CASES: "cases tests testcases scenarios ones",
    Sense.RUN: "run runs",
    Sense.PRONOUN: "their it this that they them these those there its here",
    Sense.WITHIN: (
        "affect affects in on of for at from inside within affecting regarding "
        "concerning during under"
    ),
    Sense.FILLER: (
        "the a an to with by or and so please pls plz plse kindly anymore ok okay "
        "then also too far now currently right well hm hmm hmmm um uh because due "
        "exactly go went going come much out actually as severity level type types "
        "kind category found affected detected since number nr num short id ids named "
        "called yet already still though tho but if than quick quickly happen "
        "happening happens get gets getting side related instead current whether up rn against"
    ),
    Sense.AGAIN: "again",
    Sense.GREETING: "hey hi hello hiya yo heya morning afternoon evening greetings",
    Sense.BOT: "bot qarun qabot qarunbot",
    Sense.PEOPLE: (
        "someone anyone anybody somebody everyone everybody guys folks team people he "
        "she him her dude mate man who whoever whom nobody"
    ),
    Sense.FIRST: "i me us we my our mine ours myself ourselves",
    Sense.SECOND: "you your yours u ur yourself",
    Sense.SOFT: (
        "understand many off server network ci pipeline build suite job app application good "
        "fine great nice bad update today yesterday know want need like should may "
        "might think find look say says said let really thing things stuff guess cool "
        "awesome perfect amazing excellent brilliant wow lot very worst most top way next "
        "new news old first second "
        "third fourth fifth time times when took long tonight ready over start "
        "started starting stopped rather false positive positives negative negatives "
        "unrelated fix fixed fixes stopping"
    ),
}

_ALSO_SOFT = """
barrier barriers better blocker blockers bombed bork borked bravo breakdown briefly bug bugs
busted bypassed capabilities cease change changes check checked checking checks choked complaint
complaints concern concerns conclusion cosmetic covered dead debrief delta devtools died different
eta exception exceptions finish finishes finishing flake flakes flaky flaw flaws flunk flunked
follow following gist guide health ignore ignoring improved improvements instructions kill killed
kudos lowdown manual many medium messages much obliged off omitted ongoing open overall posting
posts quiet quit recording recordings redo remaining repeat restart retest screenshot screenshots
screwed see silent situation ta tally timeout timeouts tracking tripped trivial trouble updating
urgent verified warning warnings watch watching
"""

SOFT_WORDS = frozenset([*WORDS[Sense.SOFT].split(), *_ALSO_SOFT.split()])
"""People also say these of each other, of the code, of their work: they are foreign to a question
that nobody addressed to the bot."""

WEAK_NOUNS = frozenset(
    {
        *("page", "pages", "flow", "flows", "screen", "screens", "form", "forms", "step", "steps"),
        *("feature", "features", "process", "part", "section", "thing", "stuff", "user", "users"),
        *("view", "area", "function", "functionality"),
    }
)
"""People add these to a name: "the login page", "checkout flow". They weigh little."""


def _vocabulary() -> dict[str, Sense]:
    """Each word's sense; the senses named first in `Sense` win a word that stands twice."""
    known: dict[str, Sense] = {}
    for sense in Sense:
        for word in WORDS.get(sense, "").split():
            known.setdefault(word, sense)
    return known


VOCABULARY = _vocabulary()
