"""Words for kinds of mark and for lockups."""

from typing import Final

from blazon.brief import LayoutKind, MarkKind

KINDS: Final[dict[MarkKind, str]] = {
    MarkKind.WORDMARK: """wordmark, word mark, logotype, word logo, text logo, lettering only, text only, type only,
        typography only, typographic only, only text, only type, only the name, just the name, just text, just type,
        just lettering, name only, purely typographic, typographic logo, typographic, type based, text based,
        lettering logo, just a wordmark, words only, only words, font only, only lettering, pure type, pure lettering,
        name alone, nothing but the name, nothing but type, nothing but text, type driven""",
    MarkKind.ABSTRACT: """abstract, abstract only, abstract mark, abstract symbol, abstract shape, abstract form,
        just a shape, only a shape, a simple shape, pure shape, pure form, non figurative, non representational, non
        literal, geometric abstraction, abstraction, nothing literal, purely geometric, geometric shapes only, only
        geometric shape, just geometric shape, just shape, only shape""",
    MarkKind.LETTERS: """monogram, lettermark, letter mark, initials, initial, letterform, letter form, letter based,
        cypher, cipher, letter logo, initials logo""",
    MarkKind.BADGE: """badge, round badge, circular badge, round seal, circular seal, official seal, vintage seal,
        wax seal, seal logo, crest, emblem, roundel, coat of arms, shield logo, stamp logo, round stamp,
        rubber stamp, circular stamp, vintage stamp, a stamp, stamp and seal, stamp or seal,
        seal or stamp, seal and stamp, a seal that, as a seal, like a seal, like a stamp, a seal to, a seal for,
        company seal, corporate seal, town seal, city seal, guild seal, club seal, university seal, notary seal,
        college seal, school crest, family crest, patch, round patch,
        circular logo, round logo, badge logo, emblem logo, medallion, insignia, cartouche, heraldic, heraldry,
        circular emblem, round emblem, style badge, beer label, label style, postmark, circle logo, roundel logo""",
    MarkKind.MASCOT: """mascot, mascot logo, cartoon character, character logo, mascot character, friendly character,
        character mascot, team mascot, cute character""",
    MarkKind.PICTORIAL: """pictorial, pictorial mark, pictorial logo, figurative, illustrated, illustrative,
        brand mark, picture logo, silhouette, real object""",
}

# What is said by refusing something.
REFUSED: Final[dict[MarkKind, str]] = {
    MarkKind.PICTORIAL: """icon, symbol, picture, pictogram, image, imagery, pictorial mark, illustration, figurative,
        graphic element""",
    MarkKind.LETTERS: "letter, initials, initial, monogram, lettermark, letter mark, letterform",
    MarkKind.BADGE: "badge, seal, crest, emblem, shield, roundel, frame, enclosure, stamp",
    MarkKind.MASCOT: "mascot, cartoon, character, face",
    MarkKind.ABSTRACT: "abstract, abstract shape, swoosh, geometric shape, abstract mark, abstraction",
    MarkKind.WORDMARK: """text, wordmark, word, name, type, lettering, typography, writing, brand name, company name,
        text at all, font, logotype, typo, caption""",
}

LAYOUTS: Final[dict[LayoutKind, str]] = {
    LayoutKind.SYMBOL: """symbol only, icon only, mark only, only a symbol, only an icon, just a symbol, just an icon,
        just the symbol, just the icon, only the symbol, only the icon, textless, symbol alone, app icon, favicon,
        picture only, image only, pictogram only, just a mark, only a mark, brandmark only, standalone symbol,
        standalone icon, symbol without text, icon without text, only symbol, only icon, just icon, just symbol""",
    LayoutKind.STACKED: """stacked, icon above name, icon above the name, symbol above the name, mark above the name,
        icon on top, symbol on top, name below, name underneath, icon over the name, symbol over the name,
        vertical lockup, vertical layout, vertical logo, text below, text underneath, centred layout,
        stacked layout, stacked lockup, name under the icon, name below the icon, name beneath the icon,
        name under the symbol, name below the symbol, name beneath the symbol, centered layout""",
    LayoutKind.HORIZONTAL: """horizontal, side by side, horizontal lockup, horizontal layout, horizontal logo,
        icon left of the name, symbol left of the name, icon to the left, symbol to the left, icon beside the name,
        icon on the left, symbol on the left, mark on the left, landscape format, name on the right,
        icon next to the name, symbol next to the name, text on the right, landscape lockup""",
    LayoutKind.EMBLEM: """name in a circle, name around the icon, text around, name around the symbol,
        text in a circle, name inside the badge, text inside the badge, text in the ring, name in the ring,
        name around the edge, text around the edge""",
}
