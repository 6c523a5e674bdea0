"""A Slack message as sentences of plain words: markup, emoji, quotes and contractions resolved.

What Slack does to text on its way in comes from `facts/SLACK.md`: `&`, `<`, `>` are escaped, and
people, channels and links arrive as `<@U…>`, `<#C…|name>` and `<https://…|label>`.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

_CODE_BLOCK = re.compile(r"```.*?(?:```|$)", re.DOTALL)
_QUOTED_LINE = re.compile(r"^\s*(?:>|&gt;).*$", re.MULTILINE)
_PERSON = re.compile(r"<(?:@[UW][A-Z0-9]*|!(?:subteam\^|here|channel|everyone))[^>]*>")
_CHANNEL = re.compile(r"<#[A-Z0-9]+(?:\|([^>]*))?>")
_LINK = re.compile(r"<(https?://[^|>\s]+)(?:\|[^>]*)?>", re.IGNORECASE)
_OTHER_MARKUP = re.compile(r"<[!@][^>]*>")
_EMOJI = re.compile(r":[a-z0-9_+\-']*[a-z][a-z0-9_+\-']*:|:[+-]1:", re.IGNORECASE)
_SMILEY = re.compile(r"(?:(?<=\s)|^)[:;=xX]-?[)(DPp/|]+(?=\s|$)")
_QUOTE_MARKS = str.maketrans("“”„«»‘’´`", '"""""\'\'\'"')
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_WITH = re.compile(r"\bw/(?=[\s\w])(o\b)?", re.IGNORECASE)
_DECIMAL = re.compile(r"\d+\.\d+[a-z]*")
_NUMBER_SIGN = re.compile(r"\b(?:no|nr)\.\s*(?=\d)", re.IGNORECASE)
_QUOTED = re.compile(r"\"([^\"\n]+)\"|(?<!\w)'([^'\n]+)'(?!\w)")
_TOKEN = re.compile(
    r"(?P<link>https?://\S+)"
    r"|(?P<quoted>\x02[^\x03]*\x03)"
    r"|(?P<word>#?\w+(?:[-./&']\w+)*)"
    r"|(?P<end>[.?!;\n]+)"
    r"|(?P<pause>[,:()\u2013\u2014]|(?<!\w)-+(?!\w))"
)
_TRAILING = ".,;:!?)\"'"

_WHOLE = {
    "whats": "what is",
    "wats": "what is",
    "wuts": "what is",
    "hows": "how is",
    "wheres": "where is",
    "whys": "why is",
    "whos": "who is",
    "thats": "that is",
    "theres": "there is",
    "lets": "let us",
    "cannot": "can not",
    "cant": "can not",
    "wont": "will not",
    "dont": "do not",
    "doesnt": "does not",
    "didnt": "did not",
    "isnt": "is not",
    "wasnt": "was not",
    "arent": "are not",
    "werent": "were not",
    "couldnt": "could not",
    "hasnt": "has not",
    "havent": "have not",
    "shouldnt": "should not",
    "wouldnt": "would not",
    "im": "i am",
    "ive": "i have",
    "can't": "can not",
    "won't": "will not",
    "ain't": "is not",
    "let's": "let us",
    "y'all": "everyone",
    "halp": "help",
    "hlp": "help",
    "lnk": "link",
    "gimme": "give me",
    "lemme": "let me",
    "wanna": "want to",
    "gonna": "going to",
    "gotta": "have to",
    "dunno": "do not know",
    "wassup": "what is up",
    "whatsup": "what is up",
    "whatd": "what did",
    "howd": "how did",
    "whyd": "why did",
    "wich": "which",
    "wat": "what",
    "wut": "what",
    "wht": "what",
    "wy": "why",
    "teh": "the",
    "hte": "the",
    "adn": "and",
    "fo": "of",
    "w": "with",
    "b4": "before",
    "bc": "because",
    "cuz": "because",
    "r": "are",
}
_ENDINGS = {"n't": " not", "'m": " am", "'ll": " will", "'ve": " have", "'re": " are"}
_TAKES_IS = frozenset({"what", "how", "where", "why", "who", "that", "there", "it", "he", "she"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence.

    Attributes:
        text: lower case, without accents; the parts of "re-run" are words of their own.
        raw: the token that it was part of, as it was typed: a short ID or a link.
        quoted: it stood in quotation marks, so it is a name.
        paused: a comma or the like came before it.
    """

    text: str
    raw: str
    quoted: bool = False
    paused: bool = False

    @property
    def is_link(self) -> bool:
        return "://" in self.raw


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words up to a full stop; `asks` when it ended with a question mark."""

    words: tuple[Word, ...]
    asks: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """A whole message; `to_people` when it mentions a person or a group."""

    sentences: tuple[Sentence, ...]
    to_people: bool

    @property
    def joined(self) -> Sentence:
        """All sentences as one."""
        return Sentence(
            tuple(word for sentence in self.sentences for word in sentence.words),
            any(sentence.asks for sentence in self.sentences),
        )


def read_wording(message: str) -> Wording:
    """Take a message apart. Never raises; a message without words has no sentences.

    Code blocks and lines that quote somebody else are not what the writer says: left out.
    """
    text = _QUOTED_LINE.sub("\n", _CODE_BLOCK.sub("\n", _CONTROL.sub(" ", message)))
    to_people = _PERSON.search(text) is not None
    text = _PERSON.sub(" , ", text)
    text = _CHANNEL.sub(lambda match: f" #{match[1] or ''} ", text)
    text = _LINK.sub(r" \1 ", text)
    text = html.unescape(_OTHER_MARKUP.sub(" ", text))
    text = _WITH.sub(lambda match: "without " if match[1] else "with ", text)
    text = _NUMBER_SIGN.sub("number ", text).replace("tl;dr", "tldr").replace("TL;DR", "tldr")
    text = _SMILEY.sub(" ", _EMOJI.sub(" ", text))
    text = unicodedata.normalize("NFKC", text).translate(_QUOTE_MARKS)
    if not _QUOTED.fullmatch(text.strip()):
        text = _QUOTED.sub(lambda match: f" \x02{match[1] or match[2]}\x03 ", text)
    return Wording(tuple(_sentences(text)), to_people)


def plain(text: str) -> str:
    """Case folded, accents removed: how words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name or a piece of text, comparable with those of a sentence."""
    return tuple(re.findall(r"[^\W_]+", plain(name.replace("'", "").replace("’", ""))))


def _sentences(text: str) -> list[Sentence]:
    sentences: list[Sentence] = []
    words: list[Word] = []
    paused = False
    for match in _TOKEN.finditer(text):
        if match["end"]:
            if "\n" in match["end"] and not match["end"].strip() and not words:
                continue
            if words:
                sentences.append(Sentence(tuple(words), "?" in match["end"]))
                words = []
            elif sentences and "?" in match["end"]:
                sentences[-1] = Sentence(sentences[-1].words, asks=True)
            paused = False
        elif match["pause"]:
            paused = True
        else:
            words += _words(match, paused=paused)
            paused = False
    if words:
        sentences.append(Sentence(tuple(words), asks=False))
    return sentences


def _words(match: re.Match[str], *, paused: bool) -> list[Word]:
    if match["link"]:
        return [Word("link", match["link"].rstrip(_TRAILING), paused=paused)]
    if match["quoted"]:
        inner = match["quoted"].strip("\x02\x03").strip()
        raw = inner.lstrip("#")
        return [
            Word(text, raw, quoted=True, paused=paused and n == 0)
            for n, text in enumerate(words_of(inner))
        ]
    raw = match["word"]
    return [
        Word(text, raw, paused=paused and n == 0)
        for n, text in enumerate(_resolved(plain(raw.lstrip("#"))).split())
    ]


def _resolved(word: str) -> str:
    """A token as its words: contractions written out, hyphens opened, possessives dropped."""
    if word in _WHOLE:
        return _WHOLE[word]
    if _DECIMAL.fullmatch(word):
        return word
    if word in {"re-run", "re-runs", "re-try", "un-mute", "sign-up", "log-in", "check-out"}:
        return word.replace("-", "")
    for ending, written in _ENDINGS.items():
        if word.endswith(ending):
            return word.removesuffix(ending) + written
    if word.endswith("'d"):
        return word.removesuffix("'d") + " would"
    if word.endswith("'s"):
        stem = word.removesuffix("'s")
        return f"{stem} is" if stem in _TAKES_IS else stem
    return re.sub(r"[-./&'_]+", " ", word)
