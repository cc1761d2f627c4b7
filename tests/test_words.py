"""Finds phrases that Earmark no longer uses, anywhere in the repository.

docs/glossary.md has the words that replaced them. A line of a list is `phrase -> write instead`.
A phrase is found in capitals too, and over the end of a line. One area, one list; add at its end.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EVERYWHERE = """
not the people who run this: -> not the people who run this site:
random signs -> random characters
the people who run this. -> the people who run this site.
remembers nothing -> is off
other signs -> characters
"""
PAGES = """
somebody has tried each source -> every source of support should be checked
Keep it in your private space -> Write a private note
On 30 s -> Forward 30 s
Follow in the transcript -> Scroll the transcript as it plays
Skip the parts named above -> Skip these parts automatically
Go to the content -> Skip to main content
A course to listen to -> An audio course
no episode to hear just now -> There are no episodes at the moment.
camera at the square -> Scan the QR code with your phone's camera
New episodes come by themselves -> New episodes appear in your podcast app by themselves.
choose “add by address” -> choose “add by URL”
can no longer be heard or read here -> You can no longer listen to it or read it here.
has a new home -> has a new web address
Links to mend -> Links to fix
and nothing soon -> Nothing is overdue or due soon.
Links were not asked -> Links were not checked.
"""
COMPANION = """
This code is not open -> That code did not work.
codes end after a while -> the code may have expired
look whether you know them all -> check that you recognise them all
It is not your doing -> Sorry, there is a problem with this site.
What your apps report counts here too -> Listening in your connected apps is included.
it is told later, while this page is open -> your listening will be saved when you are back online
open the page again to go on -> Reload this page to carry on.
how much was heard, it does not say -> It does not say how much you heard.
there are people to talk to -> there are people you can talk to
The questions of this episode, or others -> This episode's questions (change)
Throw these changes away -> Discard changes
Throw this draft away -> Delete this draft
Not kept yet: there is no connection -> You are offline.
up to 20,000 letters -> up to 20,000 characters
changes that are not saved yet. Go on with them -> You have unsaved changes. Carry on editing
The draft is gone -> Draft deleted.
at least 12 letters -> at least 12 characters
are not counted out -> We never show a number below 8
A month is counted once, when it is over -> Each month is counted once, after it ends
Keep the five words that you are shown -> Write down the five words you are given.
whoever has it becomes the lead -> The first person to open it becomes a training lead.
Keep your phrase before anything else -> Save your phrase first.
Leaving quickly -> To leave quickly
clear it if somebody else -> do that if someone else might look
You get a phrase of five words -> We will give you five words.
Join and show my phrase -> Join and see my five words
Did you join before -> Already joined?
Keep these five words now -> Write these five words down now.
They are shown until you say -> This page is the only time you will see them.
I have kept it -> I have saved my five words
may have seen it, take a new one -> may have seen it, get a new one
cannot be found again or reset -> nobody can find or reset it
Do you look after the training -> Run the training? Sign in as a training lead.
what was heard, your apps and your account -> listening record, app connections and account
the locked rows -> encrypted copies
No, keep it -> No, go back
They are saved when you send them again -> They are not saved yet. Press the button to save them.
Sign in and go on -> Sign in and continue
To the first page -> Go to the home page
or you signed out elsewhere -> or when you sign out on another device
did not arrive whole -> Part of the form did not reach us.
Go back, and send it again -> Go back and try again.
There is nothing here -> Page not found
what was here is deleted -> the note may have been deleted
That is not for this account -> This page is for training leads
then sign in as somebody else -> then sign in with your five words
twenty thousand letters -> up to 20,000 characters
There were many attempts from here -> Too many tries from this network in a short time.
in a quarter of an hour -> Wait 15 minutes, then try again.
Send it once more, if it is yours -> Check them and press Save.
Write a minute's note -> Write a one-minute note after you listen
Go on listening -> Carry on listening
Begun, not saved yet -> Drafts
No word yet -> Empty draft
Nothing yet. Choose an episode below -> No notes yet. Choose an episode below.
what you hear there counts here too -> what you hear there is added here
cannot be read just now -> We cannot show the episodes at the moment.
Withdrawn since you were there -> Episodes that have been withdrawn
Reflect on the episode -> Write a longer reflection
It goes on at -> Carries on from
There is no information about this episode -> Nothing is recorded for this episode.
This page remembers what you hear -> is added to your listening record
Stop remembering -> Turn off my listening record
Delete it all and stop -> Turn off and delete
not this one alone -> not just this one
Remember what I hear here -> Turn on my listening record
A note to this minute -> Note this moment
What do you want to keep of this -> What do you want to remember?
It goes on playing -> The audio keeps playing.
The episode's page, with its transcript -> Transcript and show notes
From now on this remembers -> Your listening record is on.
what it had is deleted -> Your listening record is off and has been deleted.
It says what was played, not what was learned -> This shows what was played, not what you learned.
What is yours stays -> Your notes are still here
stays, whichever you choose -> You will not lose anything you have written.
Belongs to a minute of the episode -> Time in the episode (optional)
or write it like 12:30 -> For example, 12:30
Every question may stay empty -> You can leave any question blank.
is kept as a draft every few seconds -> Your draft is saved every few seconds.
Keeping the draft -> Saving draft…
signed in anew elsewhere -> You have been signed out.
There is no word in it yet -> Write something before you save.
Write the minute as minutes and seconds -> Enter a time like 12:30, or leave it blank.
changed in another window meanwhile -> This note was also changed somewhere else.
has these words -> 1 note found
what is known of what you heard -> your listening record
Look at these first -> Check these notes first
as if it says who somebody is -> They may identify someone.
something that you take with you -> your own phone or USB stick
This is everything that you wrote, taken away -> Your notes, downloaded on
Everybody who opens this file -> Anyone who has this file can read it.
in the podcast app that you use anyway -> Keep using the podcast app you like.
adds up with what -> is added to what
This password can do one thing -> This password lets “my phone” do one thing:
What do you call this device -> Name this device
so that you know it again -> so you can recognise it later
With it you let this site remember -> Connecting an app turns on your listening record.
Let AntennaPod in -> Connect AntennaPod?
Nothing waits here -> This request has expired
An app waits for twenty minutes -> Connection requests last 20 minutes and work once.
a Nextcloud of one's own -> your own Nextcloud
no server of one's own -> your own server
What did you hear or notice that stays with you -> What stayed with you?
Take it away -> Download my notes
Go to the content -> Skip to main content
Skip the parts named above -> Skip these parts automatically
If something in it stays with you -> If something in it is still on your mind
Copying is not allowed here -> Your browser did not let us copy.
Keep the one I have -> Go back
You are here as -> Signed in as
There is none yet. People join with a code -> No join codes yet.
a number would soon be a name -> a number can point to a person
that a code does not open -> a code does not work
it is over or used up -> it has expired or been used up
Rather too many -> Choose more than you need.
Withdraw it for good -> Withdraw this code
Whoever did keeps everything -> People who already joined are not affected.
four words will do -> Four random words work well.
The name is known to others -> Your password cannot be the same as your name.
That did not open the desk -> Name, password or code is wrong.
not the digits that the app shows now -> That code is not right.
Scan this square -> Scan this QR code
This link opens nothing -> This link does not work
It was used, it is over -> It may have been used already, have expired
listened on the companion's page -> listened on this site
Write what it meant to you -> Write a note. One sentence is enough.
letters or other signs -> characters
The draft is kept -> Draft saved
It cannot be brought back -> You cannot undo this.
Where you were -> Pick up where you left off
is thrown away as it arrives -> We throw away anything about other podcasts the moment it arrives.
There is nothing else to it -> That is all there is.
what is left of it is removed at the next clean-up -> deleted in the next daily clean-up
without its pepper no phrase -> without it nobody can sign in after a restore
Mended is the newest version -> Only the newest version gets fixes.
a phrase opens what is in them -> the phrase can open what is in them
The password is made. Copy it now -> Here is your password. Copy it now
They reported before stays -> has already reported stays in your listening record
Its password opens nothing any more -> Its password will stop working straight away.
Nobody here can see who joined -> Training leads cannot see who joined
A lost password or phone? -> Lost your password or phone?
Nothing of a learner is in it -> It holds nothing about learners.
Do not hang this poster up -> Do not put this poster up.
Scan the square -> Scan the QR code
A figure stands for -> We never show a figure for fewer than
for your words (EDIT) -> marked EDIT
nobody can make it again -> If you lose it, every account is lost.
Delete what is over: sessions -> Delete what has expired, and unused accounts.
Let a training lead in, list them -> Add, list, reset or remove training leads.
mend its name -> correct its name
the server ended again and again -> the server keeps stopping
erased before, and not brought back -> deleted since, and not restored
take another backup -> use another backup
anyone who has it becomes the lead -> The first person to use it becomes a training lead.
An app's word is its word -> Apps' reports cannot be verified.
The order that costs least -> The order that takes least work
"""
COMMAND = """
Say what is wrong with a show -> Find what is wrong with a show, and how to fix it.
Make the feed, pages and tagged recordings -> Make a folder ready to upload: feed, pages, audio.
Trust no earlier build -> Ignore the cache and check every file again.
Say what would happen, and do nothing -> Show what would happen and change nothing.
say nothing where nothing happens -> Print nothing if nothing changed.
Delete what no feed of the last 30 days named -> Delete files that no feed has used for 30 days.
it is copied, and the old one stays -> The new recording. It is copied; the old file stays.
its lock is advisory -> agree who publishes
and say what to mend -> Test a published show as a podcast app would.
Say what was published, and when -> List past releases.
Make a show's folder of an existing podcast -> Make a show folder from an existing podcast.
subscribers go with it, and lose nothing -> Move the show and its subscribers to NEW_ADDRESS.
Make EPISODE anew -> Publish EPISODE again as a new episode.
Bring back the feed -> Undo the last publish.
Take EPISODE back -> Withdraw EPISODE
Copy the example show to DIR -> Try Earmark with the example show.
Pack EPISODE with its recording -> Pack EPISODE for use without a network.
Say what is overdue -> List what is due
Serve a show on this computer -> Show the podcast in your browser as you edit it.
Say when the next publish is due -> Show when the next publish is due.
Show in which order -> Show how each kind of podcast app orders the episodes.
Where to build; otherwise -> Where to build. Default:
Say what a rule asks and why -> Explain one rule (or `all`) without checking.
instead of naming episodes -> Withdraw every episode that credits NAME.
for everybody to read; without it nothing is said -> A reason to show on the page. Optional.
it stays the same episode, with a dated note of what -> Correct EPISODE and tell listeners
Delete what is over -> Delete what has expired, and unused accounts.
Count what was heard anew -> Rebuild the listening records from the stored reports.
Let a training lead in -> Add, list, reset or remove training leads.
Print a one-time link by which -> Print a link for NAME to set a new password and app.
Bring back what a backup holds -> Restore a backup.
Put it in the place of what is there now -> Overwrite the current database.
Nothing is half-written; run it again -> No file is left half-written. Run it again to carry on.
Nothing is held back. -> Nothing is scheduled.
stand in the way of publishing -> stop the next publish
What is left at the old place is made anew -> The files for the old address are made again
if word is left at the old place -> if you leave a forwarding notice at the old address
Who has downloaded it keeps the old one -> People who have downloaded it keep the old one
Who has not downloaded it yet hears -> People who have not downloaded it yet hear
The recording before stays at -> The previous recording stays at
was to come, and never will -> was scheduled and will never be published
nobody can take that back -> nobody can undo that
there is nobody to ask; say --yes -> nobody is here to answer; add --yes
that no feed of 30 days named -> not in any feed for 30 days
are there as they should be -> are up to date
not a name a bucket can have -> that is not a valid bucket name
that no known authority stands behind -> has a certificate from no known authority
Make the folder of a new show -> Make a new show folder, with a cover to replace.
Bring back the feed, pages and catalogue of -> Undo the last publish.
Say when the next publish is due -> Show when the next publish is due.
a show's folder of an existing podcast -> Make a show folder from an existing podcast.
otherwise the one you are in -> Default: the folder you are in.
otherwise that of EPISODE -> Default: that of EPISODE, or the one you are in.
"""
RULES = """
Who cannot hear an episode -> People who cannot hear the episode
Somebody has tried each -> Every source of support should be checked by somebody.
A host's name tells no subject -> The web address should not reveal the subject
No attempt on a life -> Don't call a suicide attempt 'successful' or 'failed'.
has tried each source of support -> Every source of support should be checked by somebody.
names nobody to turn to -> names no source of support
is a day to come -> is in the future
each moved in -> each indented
which is a sign of YAML -> which has a special meaning in YAML
begins a remark -> starts a comment
no such key -> is not a key that Earmark knows
is not downloaded to its end -> is only partly downloaded
means something else here -> has a special meaning here
is none of the contributors -> is not one of the contributors
lies beyond the end of the recording -> is after the end of the recording
is not a telephone number -> is not a phone number
is not a day and time that there is -> is not a day and time that exists
signs, which was cut to 255 -> characters, which was cut to 255
where it differs from the show -> Only if it is not the same as the show's.
It asks for a look -> It needs a look
that rests on one kind alone -> that draws on only one kind
What somebody asks you to put into its item -> Verification text a service asks you to add.
The picture in words -> Alt text: what the picture shows
Where it lies, if not in the folder -> Its web address, if the file is not in this folder.
"""
DOCS = """
What you may bring, and what becomes of it -> Which files you can use, and what Earmark makes
reissue` makes it anew -> publishes an episode again as a new one
asks before it forgets what was heard -> asks before it deletes a listening record
A password for each, taken back at once -> Each app gets its own password, which you can revoke
Changing what is published already -> Changing what is already published
Correct, or make anew -> Correct or re-issue?
take an episode back -> withdraw an episode
is not mended by this alone -> a correction is not enough
says first what subscribers will notice -> shows what subscribers will notice
an episode to come -> a scheduled episode
By a timer -> With a timer
In a bucket: S3 and what speaks like it -> In a bucket: S3 and compatible storage
For whoever runs the server -> This page is for the person who runs the server.
What the doctor will go on saying -> Warnings that stay
a host that can forget -> a host that can delete
Leaves alone what it has -> Downloads nothing twice
sign by sign -> character by character
it goes on where it was -> it carries on where it stopped
Odd letters -> Odd characters
what becomes of it -> what happens
quarter of an hour -> 15 minutes
is held back until then -> is scheduled
"""
DOCSTRINGS = """
the one door through which they leave -> Rounds, freezes and suppresses the figures
What has no number, and is held back -> Ignore scheduled episodes without a number.
"""
# Phrases that were retired later, in the same form.
LATER = (ROOT / "tests/kit/retired_phrases.txt").read_text(encoding="utf-8")
AREAS = (EVERYWHERE, PAGES, COMPANION, COMMAND, RULES, DOCS, DOCSTRINGS, LATER)
RETIRED = {
    phrase.strip().lower(): instead.strip()
    for area in AREAS
    for phrase, _, instead in (line.partition("->") for line in area.strip().splitlines())
}

READ = {".py", ".md", ".html", ".txt", ".js", ".css", ".yaml", ".cfg", ".toml", ".sh", ".service",
        ".timer", ".conf", ".po", ".pot", ".ics", ".json"}  # fmt: skip
# The glossary lists retired words beside today's; old decisions and entries are history; scripts
# and transcripts are what speakers said; the rest was written by others.
APART = re.compile(
    r"tests/test_words\.py|tests/kit/retired_phrases\.txt|docs/glossary\.md|docs/decisions/00([0-3]|4[0-8])"
    r"|examples/.*/(script\.txt|transcript\.vtt)|LICENSE|\.ci/locked/|tests/package-lock\.json"
    r"|tests/golden/(import|notes|podcasting|transcripts)/"
)
# What stands around the words of a line: indents, comment signs, the quotes of Python's strings.
AROUND = re.compile(r"""^[ \t]*(?:[#>*/-]+[ \t]+|[rbf]{0,2}"+)?[ \t]*|[ \t"'\\]*$""", re.MULTILINE)


def paths() -> list[str]:
    """Return every tracked file that is read, but for those set apart."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    chosen = [line for line in listed.stdout.splitlines() if not APART.match(line)]
    return [line for line in chosen if Path(line).suffix in READ or line == "Makefile"]


def words(path: str) -> str:
    """Return the words of a file in small letters, each of its lines bare."""
    file = ROOT / path
    text = file.read_text(encoding="utf-8", errors="ignore") if file.is_file() else ""
    if path == "CHANGELOG.md":
        text = re.split(r"^## (?!Unreleased)", text, maxsplit=1, flags=re.MULTILINE)[0]
    return AROUND.sub("", text.lower())


def findings(path: str, text: str) -> list[str]:
    """Return one sentence for each place where a retired phrase stands."""
    flat = text.replace("\n", " ")
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1}: “{phrase}”, write instead: {instead}"
        for phrase, instead in RETIRED.items()
        if phrase in flat
        for found in re.finditer(rf"(?<!\w){re.escape(phrase)}(?!\w)", flat)
    ]


def test_retired_phrases_are_found_nowhere() -> None:
    found = [line for path in paths() for line in findings(path, words(path))]
    assert not found, "\n" + "\n".join(found)


def test_a_phrase_is_found_in_capitals_and_over_two_lines() -> None:
    phrase, instead = next(iter(RETIRED.items()))
    first, rest = phrase.upper().split(" ", 1)
    text = AROUND.sub("", f'\n\nx = (\n    "It is {first} "\n    "{rest}."\n)\n'.lower())
    assert findings("a.py", text) == [f"a.py:4: “{phrase}”, write instead: {instead}"]


def test_every_retired_phrase_has_words_to_write_instead() -> None:
    assert all(len(phrase) > 2 and instead for phrase, instead in RETIRED.items())
