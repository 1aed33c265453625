"""Phrases that negate, that only look so, and that end what a negation reaches."""

from enum import StrEnum
from typing import Final


class Cue(StrEnum):
    """What a phrase does to the words behind it."""

    NO = "no"
    """Negates them: `no`, `without`."""
    VERB = "verb"
    """Negates them, and lifts a negation that stands directly before it: `avoid` in `don't avoid`."""
    INSTEAD = "instead"
    """Negates them as far as the next comma: `instead of`."""
    EXCEPT = "except"
    """Negates them, and within a negation lifts it: `no animals except a fox`."""
    FLAG = "flag"
    """Negates the rest: an image model's `--no`."""
    END = "end"
    """Ends a negation."""
    AFTER = "after"
    """Negates the words before it: `roses are not wanted`."""
    NONE = "none"
    """Looks like a negation and is none: `not only`, `no doubt`."""


PHRASES: Final = (
    (
        Cue.END,
        """but, however, even, even though, even if, though, although, yet, instead, please, use, show, depict,
        draw, add, include, feature, featuring, want, wants, would like, should, must, just, only, make, keep, let,
        because, since, so, then, prefer, preferably, rather, go for, think, i, we, my, our, it, this, that, which,
        who, but rather, but also, everything else, anything else, rest, otherwise, still, with, on, for, ideally,
        maybe, perhaps, more, all in, called, named, say, says, said, think, thinks, find, finds, feel that,
        established, founded""",
    ),
    (
        Cue.NONE,
        """not only, without a doubt, without doubt, without fail, without question, never mind, never better, not
        your typical, not your average, not your usual, not your ordinary, never close, never closed, nothing else,
        and nothing else, not just, not merely, not simply, not necessarily, no doubt, no problem, no matter, no
        nonsense, no frill, no fuss, no code, no longer, no later than, no less than, no fewer than, no wonder, no
        worry, no hurry, no rush, why not, if not, or not, whether or not, not for profit, not to mention, non
        profit, nonprofit, last but not least, less is more, no preference, no limit, no pressure, no kidding, no 1,
        no one, not sure, not at all sure, not forget, never forget, not leave out, not leave off, not omit, not
        skip, not hesitate, not important, not matter, not mind, not yet have, not have a logo, no logo yet, no
        idea, can not wait, not wait, nothing against, nothing wrong with, no objection to, not against, not opposed
        to, not mind, not averse to, not allergic to, zero waste, zero emission, zero carbon, net zero, more or
        less, nothing but, nothing except, nothing other than, none but, nowhere but, non stop, never stop, never
        ending, never miss, never sleep, no brainer, say no more, no more than, no bigger than, less than, not
        afraid, nothing special, if nothing else, nothing less than, no strings attached, not go wrong, not be
        wrong, not get enough, not help, not imagine, not beat, not agree more, not miss, not wait to, not be
        happier, not overlook, no exception""",
    ),
    (
        Cue.NO,
        """no, not, never, neither, nor, without, none of, nothing, nothing with, nothing like, zero, minus, sans any,
        anything but, anything except, anything other than, anything apart from, everything but, everything
        except, all but, all except, any colour but, any colour except, any color but, any color except, no
        more, less, everything is allowed but, everything allowed but, everything goes but, anything goes but,
        everything is fine but, everything is allowed except, everything goes except, anything goes except, had
        enough, enough of, enough with, had enough of, seen enough, fewer, much less, not any, no way,
        under no circumstance, in no way, by no mean, far from, free of, free from, clear of, devoid of,
        absent, not keen on, not fond of, not a fan of, no fan of, not fan of, not big on, not crazy about, not
        into, no need for, not need for, non, w o, w and o, anti, not another, no other, cannot be, hardly any""",
    ),
    (
        Cue.VERB,
        """avoid, avoiding, omit, omitting, exclude, excluding, skip, skipping, leave out, leaving out, leave off,
        drop the, ditch, ditch the, lose the, stay away from, steer clear of, keep away from, keep clear of,
        refrain, refrain from, hate, dislike, can not stand, can not bear, sick of, tired of, fed up with, forget
        about, spare me, spare us, do without, get rid of, lacking, lack, not stand, not abide, remove, eliminate,
        reject, forbid, ban, bored of, bored with, bored by, weary of, over done, can do without, could do without,
        stop using, stay clear of, allergic to, nix, veto, hard no to, hard no on, hard pass on, put off by, wary
        of, scrap, scrap the, bin the, drop any, drop all, cut the, cut out, loathe, detest, despise, abhor, object
        to, opposed to, averse to, minus the, sick and tired of, tired with, can not abide, resist, bar out, we
        refuse, i refuse, no go, taboo, vetoed, rejected, banned, dropped, ruled out, rule out, refused, excluded,
        crossed out, done with, are over, am over, moved on from, move on from, moving away from, move away from,
        got rid of, killed the""",
    ),
    (Cue.INSTEAD, "instead of, rather than, in place of, as opposed to, in lieu of, over the usual, away from"),
    (Cue.EXCEPT, "except, except for, excepting, apart from, aside from, other than, besides, but for, save for"),
    (
        Cue.AFTER,
        """not wanted, not allowed, not welcome, not permitted, not needed, not required, not an option, not
        desired, unwanted, overdone, is out, are out, be out, been done, done to death, cliched, cliche, a cliche,
        such a cliche, old hat, played out, not us, not for us, not our thing, not our style, a no, a no no, banned,
        be banned, is banned, not an idea, annoy me, annoy us, bore me, bore us, put me off, put us off, give me the
        creep, not appropriate, not relevant, been used, been done before, is boring, are boring, is tired, are
        tired, is old, too much, too cute, too generic, forbidden, prohibited, off limit, out of question, out of
        the question, verboten, not good, not ok, not okay, not acceptable, no thanks, no thank you, too common,
        overused, too obvious, not what we want, not what i want, not what
        we need, not what we had in mind, not my thing, not my style, not our cup of tea, not my cup of tea""",
    ),
    (Cue.FLAG, "negative prompt"),
)
