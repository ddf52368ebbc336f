"""What the engine says of the station's own troubles and of the plant server: the window knows it by its wording.

`hmi.client.sentences` puts them into the language of the window.
"""

from __future__ import annotations

from typing import Final

_SERVER: Final = (
    "{when} history must be dropped that the plant server has not got: mend the way there, or raise max_gb",
    "what was recorded {span} ago is not at the plant server yet. Nothing is lost: look why it is away",
    "nothing is sent to the plant server until somebody mends this: {why}",
    "from now on",
    "in {n} days",
    "in {n} day",
    "{n} days",
    "{n} day",
)
_UNWELCOME: Final = (  # why it takes nothing
    "{words} ({detail})",
    "another station sends under the same key: was this data folder copied?",
    "give it the new one with hmi secret set server: it is used at the next try",
    "name the server by the host that its certificate names, in the url of [server]",
    "nothing was sent. Check the file of its CA; if the server was replaced, ask who did that",
    "the plant server does not take this station's password: {mend}",
    "the plant server wants a password and this station has none: {mend}",
    "the plant server's certificate is not signed by whom this station trusts: {mend}",
    "the plant server's certificate is that of another host: nothing was sent, {mend}",
    "the file of the CA that signed the plant server's certificate cannot be read",
    "the plant server does not encrypt, and this station was told to insist on it",
    "the plant server lets nobody in from this computer: its pg_hba.conf has to name it",
    "the user of [server] may not sign in there: its role needs LOGIN",
    "the plant server does not know {found}: mend the url of [server], or make it there",
    "the plant server does not let this station write ({detail}): {mend}",
    "make its user a member of hmi_station, and have the owner run hmi server init URL again",
    (
        "the journal here is not the one whose beginning the plant server has (was a backup restored?): "
        "history is kept here, and nothing is sent until somebody decides. See the manual"
    ),
)
_STORE: Final = (
    "history: {reason}: values are kept in memory ({now} of at most {most}). Make room or mend the disk of {folder}",
    "journal: {reason}: {n} records are kept in memory only. Make room or mend the disk of {folder}",
    (
        "journal: another program keeps reading {folder}: nothing is lost, but its log takes {n} MB of the disk and "
        "grows with each record. Close that program"
    ),
    ("history cannot be sealed: {reason}: nothing is lost, it stays in hot.db. Make room or mend the disk of {folder}"),
    (
        "history fills {share} of the room that the disk has for it: {when} no values can be stored. "
        "Make room on the disk, or lower max_gb or keep_days in plant.toml"
    ),
    (
        "history fills {share} of max_gb ({size}): {when} the oldest days are dropped before keep_days = {n}. "
        "Raise max_gb, or record fewer values, in plant.toml"
    ),
    "the disk is full",
    "the disk is nearly full ({n} MB free, kept for the journal)",
    "the data folder may not be written",
    "the file cannot be opened",
    "the disk reports an error",
    "the file is damaged",
    "the journal was tampered with or damaged: {found} ({n} other records are whole). {keep}",
    "Keep the file as it is and compare with a backup",
)
_ROOM: Final = (  # how long there is room for history
    "{room}, no forecast yet",
    "{room}, {bytes} a day: {ahead}",
    "{bytes} in {span}",
    "room for all {n} days",
    "at this rate full in {span} ({by})",
    "full ({by})",
    "disk",
    "then",
)
_CERTIFICATES: Final = (
    "{what} (connection {connection})",
    "the certificate of {whose} has expired: renew it",
    "the certificate of {whose} expires in {n} days: renew it",
    "the certificate of {whose} expires {when}: renew it",
    "the station",
    "the user",
    "the server {where}",
    "tomorrow",
    "today",
)
# Of what came from the plant server, and of deciding on it
_INBOX: Final = (
    "Nothing of the number {n} came to this station: hmi server inbox lists all",
    "{n} is {state}: there is nothing to decide. {why}",
    "waiting",
    "refused",
    "superseded",
    "withdrawn",
    "accepted",
    "rejected",
    "That needs the role {role}: sign in as somebody who has it",
    "Say why it is not used: whoever published it wants to know",
    "{n} was decided on, or taken back, at the same moment: look again",
    "The engine does not change the folder that it runs ({folder}): {mend}",
    "plant files are put into force here by hmi server accept on this computer, or hmi plant install",
    (
        "The plant's files were changed here by hand ({what}): take that into the published version, or "
        "put them back, and then accept this one"
    ),
    "{folder} is in force; what the engine itself runs of it takes effect when it is restarted",
    "it is put into force by hand on the station's computer",
    "{n} orders: {folder}",
    "version {n} is in force",
    "by {n}, version {size}",
    "it is of the plant {folder}, and here runs {value}",
    "version {n} is in force here already",
    "it is older than version {n}, which is in force: who wants it back installs it here",
    "it was taken back before anybody agreed to it",
    "it is for the plant {folder}, and here runs {value}",
    "there is no {kind} {value} in this station's plant files: send these first",
    "instruction",
    "equipment",
    "the file is too large to be one of orders",
    "this is not TOML: {error}",
    "these are no orders: {error}",
    "order {value} is there twice",
    "{value} was signed with the key {size}, which this station does not trust (it trusts {folder})",
    "{value} is not what was signed with the key {size}: it was changed or damaged",
    "orders {n} cannot be read any more ({error}): ask for them again",
    "{folder} cannot be written ({error}): nothing was decided",
)
SENTENCES: Final = (*_SERVER, *_UNWELCOME, *_STORE, *_ROOM, *_CERTIFICATES, *_INBOX)
