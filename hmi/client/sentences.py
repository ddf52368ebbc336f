"""What the engine says, in the operator's language: its sentences are known by their wording, with {places} in them.

The engine speaks English to everybody: journal, command line and window alike, so that a record reads the same
wherever it is read. The window knows each sentence as a template. What a template does not know stays English.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from hmi.client.instructions.refusals import SENTENCES as JOBS
from hmi.client.language import ENGLISH, plant_text, spoken, tr
from hmi.client.station_sentences import SENTENCES as STATION
from hmi.core import links
from hmi.link.messages import Reply

_LONGEST: Final = 600  # characters; longer texts are no sentences, and are shown as they are
_DEEPEST: Final = 4  # sentences in the places of sentences
_PLACE: Final = re.compile(r"\{(\w+)\}")
_FORMS: Final = {  # what stands in places of these names; in any other, whatever there is
    "tag": r"[\w.\-]+",
    "alarm": r"[\w.\-]+",
    "connection": r"[\w.\-]+",
    "role": r"[a-z]+",
    "own": r"[a-z]+",
    "state": r"[a-z\- ]+",
    "bytes": r"[\d.]+ [kMG]?B",
    "n": r"[-+\d.,e]+",
    "act": r"review|release|withdraw",
    "release": r"draft|reviewed|released|withdrawn",
    "known": r"is [-+\d.,e]+ s old|was never received",
}

# Of a command: its rules, the gate, the devices
_COMMANDS: Final = (
    "{tag} is read-only: nothing was sent. {mend}",
    "Set access = rw in tags.csv if it should be",
    "{tag} is for those who may {role}, you may {own}: nothing was sent. Ask one of them",
    "{tag} is set from a {stations} only: nothing was sent. Go there to set it",
    "A reason is needed: nothing was sent. Say why the value is set",
    "The reason is over {n} characters: nothing was sent. Shorten it",
    "{value} is outside what its policy allows for {tag}",
    "{what} ({limits}): nothing was sent",
    "{tag} is {state} ({reason}): nothing was sent. Mend that first",
    "The value of {tag}",
    "A value that decides about {tag}",
    "is {n} s old",
    "was never received",
    "{whose} {known}, it must be no older than {n} s: nothing was sent",
    "From {before} to {value} is more than {most} at once for {tag}",
    "{what}: nothing was sent. Go in smaller steps",
    "{blocked}. Blocked by an interlock: nothing was sent",
    "{blocked} (cannot be judged now: {reason})",
    "Another write to {tag} is under way: nothing was sent. See how that ends first",
    "once",
    "{n} times",
    "{tag} may be set {often} a minute and was: nothing was sent. Wait a little",
    "Needs confirmation: {confirm} (nothing was sent)",
    "{why}: nothing was sent",
    "{value} is not a text, and {tag} is one",
    "{value} is not a number, and {tag} is {type}",
    "{value} is no number, and {tag} is {type}: write a number, such as 1",
    "{tag} takes whole numbers, not {value}",
    "{value} is out of range for {tag}",
    "{value} is out of range for {tag} ({limits})",
    "{tag} is on or off, not {value}: write on or off (or 1, 0, true, false)",
    "{tag} holds {n} bytes, the text has {size}",
    "{value} does not fit {tag}, which is {type} ({low} to {high})",
    "{value} cannot be written to {tag}",
    "There is no tag {tag}: nothing was sent. See hmi get for the names",
    "{tag} has no connection. Nothing was sent",
    "{connection} is {state} ({reason}): nothing was sent. Try again when it is live",
    "no answer",
    "A fault in the program: check at the machine whether it was set",
    "The engine was stopped before the controller answered: check at the machine whether it was set",
    "{outcome}; but the journal could not record it: {error}",
    "The journal cannot be written, so nothing was sent: {error}",
    "not connected to {connection}: nothing was sent",
    "{tag} cannot be had ({reason}): nothing was sent",
    "{tag}: {what}; nothing was sent",
    "{tag}: {what}; nothing was called",
    "{tag}: {what} ({reason})",
    "outcome unknown: check the plant",
    "{tag}: refused by the device ({reason}); nothing was changed",
    "{tag}: the device refused the call ({reason})",
    "{tag}: sent, but not read back ({reason}): check the plant",
    "{tag}: the device took the write but holds {value}: check the plant",
    "{tag} was called",
    "{tag} is {value}",
)
# Of what a person does to alarms
_ALARMS: Final = (
    "There is no alarm {alarm}: see hmi alarms for the ids",
    "{alarm} is {state}: there is nothing to acknowledge",
    "{alarm} is {state}: only an acknowledged latched alarm can be reset",
    "{alarm} cannot be reset: its condition is true again",
    "{alarm} is not shelved: there is nothing to unshelve",
    "{alarm} is in service",
    "{alarm} is not shelved: {why}",
    "{alarm} stays in service: {why}",
    "alarms of class {class_} are never shelved. Take it out of service under a permit",
    "say for how long: up to {n} h for class {class_}",
    "it needs the role {role}, and yours is {own}. Ask somebody who has it",
    "you have {n} on the shelf: unshelve some first",
    "alarms of class {class_} need a second person who agrees",
    "the second person must be somebody else",
    "{name} may not do that, so cannot agree to it either. Ask somebody who has the role {role}",
    "Nothing was {what}: {why}",
    "This takes two people, and both must be known: nothing was done. Sign in first",
    "say why, such as: {reasons}",
    "the reason is longer than {n} characters: write it shorter",
)
COUNTED: Final = (
    *("acknowledged", "confirmed", "commented", "reset"),
    *("shelved", "unshelved", "taken out of service", "returned to service"),
)
# Of the link between this window and the engine
_LINK: Final = (
    "Looking for the engine.",
    "There is no link to the engine: nothing was sent. Wait until the link is back and try again.",
    "The link to the engine was lost before it answered: what became of it is unknown. Check the plant.",
    "The engine did not answer within {n} s: what became of it is unknown. Check the plant.",
    "the engine is still there but says nothing: it hangs or is very busy",
    "the engine is not running (data folder {folder}). Start it with hmi engine PLANT --data {again}",
    "the engine of data folder {folder} cannot be reached ({error}). See hmi status",
    "no engine answers at {where} ({error}). Start one with hmi engine PLANT --listen {again}",
    "{host} is not this machine: say which certificate its engine has, in HMI_PIN (`pin` in its link.json)",
    (
        "who answers at {host}:{port} is not the engine with this fingerprint (it shows {seen}…): nothing was sent. "
        "Compare with `pin` in its link.json; if that is another, somebody is in between"
    ),
    "a fingerprint has 64 hexadecimal digits: the engine's link.json has it as `pin`",
    "the engine did not answer within {n} s: it hangs or is very busy. Try again",
    "the engine takes no more messages: it hangs or is far behind. See hmi status",
    "The engine does not know {what}: is the client newer?",
    "A fault in the program while answering {what}: see the engine's log",
)
# Of what keeps the engine going, of its links and of the outages that history knows
_CLOCK_SET: Final = (
    "the clock of this computer was set {way} by {n} s: times before and after differ by that. "
    "If nobody meant it, look at its time server"
)
_SURVIVAL: Final = (
    *links.SENTENCES,
    "Safe mode, view only ({why}): nothing was sent. Look into it, then leave it on the Outages page",
    "the engine crashed {n} times within {most} minutes ({reason})",
    "it ended without a word: it was killed, it hung and was ended, or it crashed",
    "a fault in the program ({kind}: {error})",
    "To leave safe mode needs the role {role}, yours is {own}. Ask somebody who has it",
    "Say why safe mode can be left: it is kept in the journal",
    "The engine is not in safe mode: nothing was changed",
    "this computer slept, or this window was held up: everything is asked for anew",
    "this computer slept",
    "the engine {what}: {again}. See {folder}",
    "hung and was ended",
    "was ended by the system ({reason})",
    "ended with a fault (code {n})",
    "it is started again by itself in {n} s",
    "the connection was silent",
    "the engine was not running (it was stopped)",
    "the engine was not running (it failed or the computer went down)",
    "connection refused by {where}: is the device on, and is the port right?",
    "no answer from {where} in time: is the device on and the cable in?",
    "nothing is heard from it",
    _CLOCK_SET,
)
# Of exports and notes
_TRENDS: Final = (
    "{folder} cannot be written ({error}): nothing was exported, make room on that disk, or choose another folder",
    "{folder} cannot be written ({error}): nothing was exported, choose a folder that you may write to",
    "{folder} cannot be written ({error}): nothing was exported, choose another folder",
    "that makes more than {n} steps: ask for longer steps or a shorter time",
    "a note has at most {n} characters, this one {size}: nothing was kept. Make two of it",
    "the journal cannot be written, so the note was not kept: {error}",
)
# Of people, locked stations and certificates
_PEOPLE: Final = (
    "This station is locked: nothing was done. Sign in to unlock it; screens and alarms go on meanwhile",
    "Nobody has an account here, so nobody could unlock: nothing was locked",
    "A name has 1 to {n} letters, without blanks around it",
    "A password has {n} to {size} characters: take a sentence that you remember",
    "That password is among the first that anybody tries: take a sentence that you remember",
    "That password was {name}'s before: take another one",
    "One password of yours is being judged: wait for that answer first",
    "{name} is signed in at {value} already, and the plant allows {n}: sign out there",
    "A PIN has {n} to 12 digits",
    "That PIN is among the first that anybody tries",
    "Say why: the journal keeps it with your name. Nothing was changed",
    "That takes the role {role}: nothing was changed. Sign in as an administrator",
    "That takes the role {role}: nothing was kept. Sign in as an administrator",
    "a certificate that nobody here trusts",
    "has a certificate that somebody here has refused: hmi trust show has it",
    "sends a certificate that cannot be read",
    "has a {what} that expired on {value}: renew it, or check this computer's clock",
    "has a {what} that is valid from {value} only: check both clocks",
    (
        "has a certificate that {what}, not {value}: write the address with a host that it names, "
        "or certificate_host = … in plant.toml"
    ),
    "has a key of {n} bits, {what}: give it {value}",
    "has a certificate that {value} has revoked: give it a new one",
)
# Of an update that is prepared at the station
_UPDATE: Final = (
    "{version} is put into use in place of {value} as soon as nothing is disturbed by it",
    "{version} is not prepared here any more: look again",
    "Nobody waits to put {version} into use: hmi update --wait prepares it again, and waits",
    "job {value} is open",
    "urgent alarm {alarm} is not acknowledged",
)
SENTENCES: Final = (*_UPDATE, *_PEOPLE, *_COMMANDS, *_ALARMS, *_LINK, *_SURVIVAL, *_TRENDS, *STATION, *JOBS)


def said(text: str) -> str:
    """A sentence of the engine in the language in use; as it came where that is English or its wording unknown."""
    return text if spoken() == ENGLISH else _said(text, 0)


def in_words(reply: Reply) -> Reply:
    """An answer of the engine with its text in the language in use."""
    text = said(reply.text)
    return reply if text == reply.text else msgspec.structs.replace(reply, text=text)


def _said(text: str, depth: int) -> str:
    known = tr(text)
    if known == text:
        known = plant_text(text)
    if known != text or len(text) > _LONGEST or depth > _DEEPEST:
        return known
    for template, form in _forms():
        if (found := form.fullmatch(text)) is not None:
            places = {name: _in_place(name, part, depth) for name, part in found.groupdict().items()}
            return tr(template, **places)
    first, mark, rest = text.partition("; ")
    return f"{_said(first, depth + 1)}; {_said(rest, depth + 1)}" if mark else text


def _in_place(name: str, part: str, depth: int) -> str:
    """What stands in a place: a name or number as it is, words in the language in use."""
    if name == "stations":
        return " / ".join(tr(one) for one in part.split(" or "))
    if name == "limits":
        low, mark, high = part.partition(" to ")
        return tr("{low} to {high}", low=tr(low), high=high) if mark else part
    if name in ("tag", "alarm", "connection", "n", "value", "size", "error", "folder", "again"):
        return part
    return _said(part, depth + 1)


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every sentence as a pattern; those that say more of their own come before those that are mostly places."""
    ordered = sorted(SENTENCES, key=lambda one: -len(_PLACE.sub("", one)))
    counted = tuple(f"{{n}} {word}" for word in COUNTED)
    return tuple((one, _form(one)) for one in (*counted, *ordered))


def _form(template: str) -> re.Pattern[str]:
    pieces = _PLACE.split(template)
    return re.compile("".join(_piece(piece, at % 2 == 1, template) for at, piece in enumerate(pieces)), re.DOTALL)


def _piece(piece: str, is_place: bool, template: str) -> str:
    if not is_place:
        return re.escape(piece)
    form = f"(?P<{piece}>{_FORMS.get(piece, '.+?')})"
    return f"'?{form}'?" if f"There is no {piece} {{{piece}}}" in template else form
