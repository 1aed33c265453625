"""Colours by name: those of CSS (by way of Pillow's table) are few; these are what designers and clients say."""

from typing import Final

# Nobody takes these for anything but a colour.
PLAIN: Final[dict[str, str]] = dict(
    pair.split(":")
    for pair in """
    red:#d62828 orange:#f57c1f yellow:#f9c80e green:#2e8b57 blue:#1f5fbf purple:#6a3fa0 pink:#ec6a9c brown:#7a4a2b
    black:#111111 white:#ffffff grey:#808080 gray:#808080 beige:#e8dcc3 navy:#14284b teal:#0f7c7c turquoise:#1fb5ad
    cyan:#14b8d4 aqua:#2ec4c6 magenta:#c2187a violet:#7b4bb7 indigo:#3f3d9e maroon:#6d1a2d burgundy:#6e1530
    bordeaux:#5f1228 crimson:#b3122d scarlet:#cf2020 vermilion:#e0452b vermillion:#e0452b carmine:#a9152f
    fuchsia:#d1288f mauve:#a98aac lilac:#b59bd6 lavender:#a89bd8 periwinkle:#8c96dc aubergine:#45224a
    ochre:#c48a2c ocher:#c48a2c sienna:#a0522d umber:#635147 sepia:#704a28 taupe:#8b7d70 khaki:#a8a075 ecru:#d9cfb4
    azure:#2f8fe0 cerulean:#2a82b8 cobalt:#1f4fa8 ultramarine:#2a35a8 aquamarine:#5fc9b0 chartreuse:#a6c92c
    tan:#cda77a charcoal:#36393f anthracite:#2f3236 graphite:#41444a terracotta:#c5613e celadon:#a8c8a8
    golden:#d4a017 silvery:#b4b8bd greenish:#4f9a70 bluish:#4a78b8 reddish:#c04a40 yellowish:#e8cf50
    eggshell:#f1e9d6 cerise:#c62a5c puce:#8b5a68 oxblood:#5a1518 russet:#86452a sepia:#704a28 verdigris:#4a9a8a
    viridian:#2f7d65 cornflower:#6a8fe0 eau-de-nil:#c5dbc0 offwhite:#f6f2e9 blush:#e9bfb8 fawn:#d6b48a
    """.split()
)

# Things as well as colours: a colour only where the words around them say so.
THINGS_TOO: Final[dict[str, str]] = dict(
    pair.split(":")
    for pair in """gold:#c9a227 silver:#b0b5ba copper:#b06a3b bronze:#93642d brass:#b5953f cream:#f4ead0
    mustard:#d1a11f sage:#9caf88 olive:#6f7434 mint:#8fd5b5 lime:#a4cf32 lemon:#f4dd4b peach:#f6b08c apricot:#f2a96b
    salmon:#ee8a74 coral:#ef6f5c rose:#d9738c plum:#6f2f5b cherry:#a81f38 raspberry:#b8245a strawberry:#d93b48
    tomato:#d9422f pumpkin:#dc7424 tangerine:#ee8430 mango:#f4a62a amber:#e8a41c honey:#dda335 rust:#a6482a
    brick:#9c3f2c clay:#b4714f sand:#d9c59a stone:#a8a196 slate:#5a6672 ash:#a8a9a3 smoke:#8c9194 pearl:#eeeae2
    ivory:#f5efdc bone:#e5dcc8 linen:#ece3d2 vanilla:#f2e5bc caramel:#b9773a toffee:#94602f chocolate:#54301d
    coffee:#5e412c mocha:#7a5a45 espresso:#3b2418 cinnamon:#9c5a30 cocoa:#65432f chestnut:#7d4027 walnut:#5e4632
    mahogany:#6a2b20 wine:#651c34 claret:#74192f merlot:#5f1a2e ruby:#a01338 emerald:#12805c jade:#2f9070
    sapphire:#1d4598 amethyst:#7d53ac topaz:#d99a2b pine:#22513f moss:#66743c fern:#4f7f42 forest:#22573a
    pistachio:#a9c580 avocado:#667b34 seafoam:#9adcc0 ocean:#1b6a96 sky:#7fbbe6 midnight:#18204a petrol:#175e70
    ink:#1c2540 denim:#3c5f8c steel:#687d90 ice:#d3e8f0 snow:#fafcfd sunflower:#f2bf22 saffron:#eca529
    turmeric:#d99a1c paprika:#b03a20 marigold:#eea31f butter:#f4e3a0 heather:#a48bb2 orchid:#b264b8 wisteria:#9c86cc
    thistle:#b79cc0 flamingo:#f3809a bubblegum:#f492bd eggplant:#48254c grape:#5c3a86 cranberry:#8e1b36
    wheat:#e2c990 straw:#dfcb82 camel:#bd9362 nude:#e0b89e asphalt:#3a3d42 lead:#5c6064 nickel:#8d9095 oat:#dccfb4
    oatmeal:#ddcfb3 biscuit:#d8bd95 putty:#c5b9a3 flint:#6b6a66 pewter:#8a8d90 mulberry:#7a2f52 blackberry:#3a2340
    blueberry:#3f4f82 rosewood:#7d3b3f parchment:#efe4c8 papaya:#f49a63 gunmetal:#3d444b champagne:#ecd9b0
    buff:#dcbf85""".split()
)

# Two and three words.
PHRASES: Final[dict[str, str]] = {
    phrase.strip(): value.strip()
    for phrase, value in (
        entry.split(":")
        for entry in """navy blue:#14284b, royal blue:#2149b8, sky blue:#7fbbe6, baby blue:#a9d0ef, powder
    blue:#b5d0e3, steel blue:#4a7198, midnight blue:#18204a, electric blue:#1560f2, cobalt blue:#1f4fa8, ocean
    blue:#1b6a96, ice blue:#bfe2f2, duck egg blue:#b8d8d0, duck egg:#b8d8d0, petrol blue:#175e70, prussian
    blue:#12304f, oxford blue:#14264d, cambridge blue:#9cc2ab, forest green:#22573a, bottle green:#12432f, racing
    green:#11402e, sage green:#9caf88, british racing green:#11402e, olive green:#6f7434, mint green:#8fd5b5, lime
    green:#92c83a, sea green:#2f8f78, moss green:#66743c, apple green:#82b541, emerald green:#12805c, pine
    green:#22513f, hunter green:#2b5339, grass green:#4f9a3a, neon green:#45e03a, neon pink:#fa3ea0, neon
    yellow:#eaf23a, hot pink:#ef3f92, baby pink:#f4c2cf, dusty pink:#cf9a9c, dusty rose:#c48c90, salmon
    pink:#ef968a, rose gold:#b97a72, blush pink:#e9bfb8, shocking pink:#ee2f8e, old rose:#b87a7e, blood red:#8a1119,
    brick red:#9c3f2c, fire red:#d3231d, fire engine red:#cc1f1f, wine red:#651c34, cherry red:#b51f34, ruby
    red:#a01338, rust red:#a03a24, signal red:#c4261d, burnt orange:#bf5a1f, blood orange:#d6451f, safety
    orange:#f76b10, burnt sienna:#b4573a, burnt umber:#6e3b2a, mustard yellow:#d1a11f, lemon yellow:#f4dd4b,
    sunshine yellow:#fbcb1e, canary yellow:#f6e14a, golden yellow:#eeae1e, off white:#f6f2e9, snow white:#fafcfd,
    jet black:#0c0c0d, pitch black:#0c0c0d, chocolate brown:#54301d, coffee brown:#5e412c, slate grey:#5a6672, slate
    gray:#5a6672, charcoal grey:#36393f, charcoal gray:#36393f, dove grey:#a9a8a4, dove gray:#a9a8a4, ash
    grey:#a8a9a3, warm grey:#8f8880, cool grey:#868d95, warm gray:#8f8880, cool gray:#868d95, royal purple:#55308f,
    deep sea:#123f5c, eau de nil:#c5dbc0, peacock green:#0b6d5b, peacock blue:#0a5f73,
    poppy red:#d7351f, kingfisher blue:#0d6ea8, flame red:#d9381e, leaf green:#4f9a3a, kelly green:#2f9a3f,
    tiffany blue:#81d8d0, sea blue:#1b6a96, robin egg blue:#8fd3d0, fox red:#a8482a, flame orange:#ee6a2a,
    blue grey:#6a7d8f, blue gray:#6a7d8f, blue green:#177b84""".split(",")
    )
}
