"""Well-known type families that are not here, with the kind that comes nearest; short names of those that are."""

from typing import Final

from blazon.brief import TypeKind

# What families that are here are called for short.
ALIASES: Final[dict[str, str]] = dict(
    pair.split(":")
    for pair in (
        "garamond:EB Garamond", "bodoni:Bodoni Moda", "baskerville:Libre Baskerville", "playfair:Playfair Display",
        "bebas:Bebas Neue", "alfa slab:Alfa Slab One", "press start:Press Start 2P", "abril:Abril Fatface",
        "jetbrains:JetBrains Mono", "jakarta sans:Plus Jakarta Sans", "dancing:Dancing Script", "baloo:Baloo 2",
        "cormorant garamond:Cormorant", "source serif:Source Serif 4", "exo:Exo 2", "titan:Titan One",
        "lilita:Lilita One", "gravitas:Gravitas One", "fjalla:Fjalla One", "medieval sharp:MedievalSharp",
        "bricolage:Bricolage Grotesque", "crimson text:Crimson Pro", "nunito sans:Nunito",
    )
)  # fmt: skip

# Nobody means anything else by these.
ABSENT: Final[dict[TypeKind, str]] = {
    TypeKind.SANS: """helvetica, helvetica neue, neue haas grotesk, arial, futura, futura bold, avenir, proxima nova,
        roboto, open sans, lato, frutiger, univers, gill sans, akzidenz grotesk, verdana, tahoma, calibri,
        brandon grotesque, century gothic, franklin gothic, news gothic, trade gothic, segoe ui, product sans,
        source sans, noto sans, ubuntu font, myriad, san francisco font, aktiv grotesk, neue montreal, trebuchet""",
    TypeKind.SERIF: """times new roman, didot, caslon, trajan pro, palatino, merriweather, sabon, cambria,
        century schoolbook, bembo, perpetua, goudy, hoefler text, tiempos, recoleta, big caslon, noto serif""",
    TypeKind.SLAB: "rockwell, clarendon, museo slab, sentinel font, arvo, josefin slab",
    TypeKind.SCRIPT: """brush script, zapfino, snell roundhand, edwardian script, comic sans, comic sans ms, papyrus,
        sacramento font, monotype corsiva, lucida handwriting, bradley hand""",
    TypeKind.MONO: "courier new, consolas, menlo, fira code, inconsolata, source code pro, roboto mono",
    TypeKind.CONDENSED: "din condensed, helvetica condensed, roboto condensed, futura condensed",
    TypeKind.RETRO: "cooper black, souvenir font, windsor font",
    TypeKind.BLACKLETTER: "old english text, old english text mt, fette fraktur, cloister black, unifraktur",
    TypeKind.ROUNDED: "vag rounded, arial rounded, gotham rounded, helvetica rounded",
}
# They mean something else, unless the words around them speak of type.
ABSENT_UNSURE: Final[dict[TypeKind, str]] = {
    TypeKind.SANS: "gotham, inter, circular, optima, din, eurostile, graphik, gilroy, satoshi, apercu, calibre",
    TypeKind.SERIF: "georgia, trajan, canela, minion, times, cambria, mrs eaves, century, baskerville old face",
    TypeKind.SLAB: "memphis, archer, egyptienne f",
    TypeKind.SCRIPT: "mistral, satisfy, parisienne, allura, cookie, courgette",
    TypeKind.MONO: "courier, monaco, cascadia, fira mono",
    TypeKind.CONDENSED: "impact, knockout, league, druk",
    TypeKind.STENCIL: "stencil std",
    TypeKind.DISPLAY: "broadway, bauhaus 93, bangers, monoton, chango",
}
