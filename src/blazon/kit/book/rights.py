"""The last page: what is in the kit, and under which licences."""

from blazon.kit.book.section import Section, Table
from blazon.kit.book.subject import Subject

_FOLDERS = (
    ("logo/svg, logo/pdf, logo/eps", "Every version and colouring as outlines: web, print, machines"),
    ("logo/png", "The same as pixels without a paper: slides and documents"),
    ("logo/small", "The mark for 16 to 48 pixels"),
    ("web", "Favicon, touch icon, icons and manifest of a web app, lines for the <head>"),
    ("apps", "Icons for Xcode and Android Studio"),
    ("flutter", "The same in the places of a Flutter app, with assets and colours"),
    ("social", "Avatar, card of a link, headers and a square post"),
    ("email", "Mark for mail as SVG Tiny PS (BIMI)"),
    ("tokens, brand.yml", "Colours and fonts for CSS, Tailwind, Figma, Quarto and Shiny"),
    ("fonts", "The fonts, each with its licence"),
    ("design.json", "The design, from which Blazon draws all of this again"),
)


def describe_rights(subject: Subject) -> Section:
    """Return the page of files, licences and credits."""
    order = subject.order
    text = ["README.txt says for each file what it is for."]
    if order.credits:
        text.append(
            "These lines must be shown where the logo is published: "
            + " ".join(f"{credit}." for credit in order.credits)
        )
    else:
        text.append("Nothing in this logo asks for a credit line.")
    text.append(order.maker)
    text.append("A logo is no trade mark by itself: before you rely on it, have it searched and registered.")
    tables = [Table(("Folder", "What for"), _FOLDERS, (0.32, 0.68))]
    if subject.fonts:
        rows = dict.fromkeys(
            (font.typeface.family, _name_licence(font.licence), font.path or "not in the kit") for font in subject.fonts
        )
        tables.append(Table(("Font", "Licence", "File"), tuple(rows), (0.32, 0.28, 0.40)))
    return Section("files", "Files and rights", tuple(text), tuple(tables))


def _name_licence(text: str) -> str:
    known = {
        "SIL Open Font License": "SIL Open Font License 1.1",
        "SIL OPEN FONT LICENSE": "SIL Open Font License 1.1",
        "Apache License": "Apache 2.0",
    }
    return next((name for words, name in known.items() if words in text), "see its file" if text else "your own")
