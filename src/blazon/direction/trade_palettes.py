"""What colours a trade or an era is at home in: palettes by name, and the table of who wears which.

Each palette is a main colour and an accent. Those of a trade stand in the order of how typical they are, no two of the
same family, so that four candidates show four different ideas. Violet is left to those who sell it: sweets, music,
beauty, magic; technical trades have better reasons for a colour than habit.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from blazon.direction.moods import matches_stem, words_of
from blazon.draw.palette import Harmony, lch_of

PALETTES: Final[dict[str, tuple[str, str]]] = {
    # red
    "oxblood": ("#8c1c2b", "#f0b46c"),
    "signal": ("#d62839", "#1d2b45"),
    "tomato": ("#d63f2b", "#2f6b4f"),
    "brick": ("#a63d2f", "#ecc98a"),
    "scarlet": ("#e0312a", "#ffbe3d"),
    "wine": ("#6d1a36", "#d9a94e"),
    # orange
    "tangerine": ("#e8590c", "#14365c"),
    "persimmon": ("#d4501a", "#ffd166"),
    "rust": ("#c2571a", "#264653"),
    "apricot": ("#db6a1c", "#7a2e3a"),
    # brown
    "espresso": ("#4b2e22", "#e39a57"),
    "chestnut": ("#6f4027", "#e3b566"),
    "saddle": ("#7a4a24", "#2f5d50"),
    "tobacco": ("#5e4228", "#cc9440"),
    "cocoa": ("#5a3327", "#ef9bab"),
    "walnut": ("#54402f", "#8fa98a"),
    # yellow
    "mustard": ("#b07d00", "#23395b"),
    "honey": ("#b98200", "#4a2f1b"),
    "brass": ("#a67c1a", "#1f3d36"),
    # green
    "forest": ("#1f5138", "#dcb650"),
    "leaf": ("#2f7d32", "#f4b942"),
    "moss": ("#55672f", "#e0a366"),
    "emerald": ("#0b7a53", "#f6c862"),
    "sage": ("#55795f", "#eaae8b"),
    "bottle": ("#123f32", "#cda64f"),
    "pitch": ("#1b7a3e", "#14233a"),
    # teal
    "lagoon": ("#00797a", "#ffbe73"),
    "petrol": ("#0f4c5c", "#fb9a3c"),
    "aqua": ("#0a8a9a", "#0b3954"),
    "sea-glass": ("#2a8c82", "#f5a968"),
    "surgical": ("#12807c", "#a9d6c5"),
    # blue
    "navy": ("#14284b", "#e3ad3f"),
    "royal": ("#1f4fd1", "#ffb81c"),
    "cobalt": ("#0047ab", "#8ccdfe"),
    "sky": ("#1c7ed6", "#0b2545"),
    "steel": ("#34566f", "#e5824a"),
    "midnight": ("#0f1d3a", "#78c8ee"),
    "denim": ("#31598c", "#ecbb54"),
    "flag": ("#1d3b8b", "#e63946"),
    # purple
    "plum": ("#5b2a5e", "#e6ad5f"),
    "aubergine": ("#44204a", "#eca092"),
    "violet": ("#6a3fb5", "#ffb94f"),
    "lilac": ("#8460b5", "#f3bbae"),
    # pink
    "fuchsia": ("#cc1f78", "#ffd1dc"),
    "rose": ("#d6457a", "#2d3047"),
    "blush": ("#cf5f7a", "#6b2737"),
    "candy": ("#e23d83", "#35b6c4"),
    # neutral
    "ink-red": ("#17181c", "#e02f3f"),
    "ink-gold": ("#1a1a1a", "#cda850"),
    "ink-lime": ("#15171a", "#b6e34b"),
    "ink-orange": ("#1b1b1b", "#ff6b1a"),
    "ink-yellow": ("#1a1a1c", "#ffd400"),
    "ink-sky": ("#16181d", "#5cc2f2"),
    "ink-rose": ("#1c1a1c", "#ee9fb4"),
    "slate": ("#4a5560", "#e5ae45"),
    "graphite": ("#505356", "#e5484d"),
}

# One trade a line: stems of its words, a colon, its palettes. An exclamation mark makes a stem a whole word: no window
# is a wind. The first line wins among equals; one behind a tilde is a way of working that any trade may have (a club,
# a school, a truck) and counts where nothing else does.
_TRADES: Final = """
butcher charcut sausage meat deli! steakhouse delicatessen: oxblood ink-red flag espresso bottle
barbecue bbq grill smokehouse burger: ink-orange signal rust chestnut mustard
coffee espresso cafe roaster roastery barista: espresso rust ink-red petrol mustard oxblood
tea teahouse matcha: bottle walnut wine petrol persimmon
bakery baker bread boulanger patisserie donut doughnut pancake bagel: chestnut honey brick denim rose
cake cupcake confection pastry dessert: blush cocoa sea-glass honey plum
chocolat cocoa praline: cocoa wine ink-gold rust bottle
candy sweetshop lollipop gummy: candy violet tangerine aqua scarlet
gelato gelateria ice-cream icecream sorbet: rose aqua honey cocoa tomato
pizza pizzeria trattoria pasta italian: tomato bottle ink-red honey rust
sushi ramen japanese izakaya: ink-red signal midnight moss rust
taco taqueria mexican burrito: scarlet lagoon rose mustard leaf
curry indian tandoori spice falafel dumpling kebab: persimmon plum emerald oxblood honey
fishmonger seafood oyster lobster fishery: navy signal petrol slate apricot
vegan vegetarian salad greengrocer grocer vegetable nutrition diet: leaf tomato mustard aubergine rust
juice smoothie kombucha lemonade: tangerine leaf rose mustard aqua
sauce condiment salt! vinegar pickle chutney jam! marmalade preserve: tomato mustard leaf brick aubergine
olive oil-press: moss mustard brick walnut bottle
popcorn snack crisps peanut: scarlet ink-yellow tangerine leaf royal
honey beekeep apiary bee bees beeswax: honey espresso bottle ink-yellow persimmon
cheese dairy creamery milk: denim honey forest brick ink-gold
brewery beer brewpub taproom craftbeer: mustard bottle ink-orange oxblood petrol chestnut
cider orchard apple: leaf brick honey walnut navy
wine winery vineyard sommelier: wine bottle ink-gold walnut aubergine
whisky whiskey distill gin rum spirits: tobacco ink-gold bottle navy wine
bar cocktail pub tavern speakeasy: bottle oxblood ink-gold navy rust
restaurant bistro diner eatery kitchen catering caterer canteen: brick bottle ink-gold mustard petrol
~truck food: signal ink-yellow tangerine navy leaf
hotel resort hostel inn guesthouse airbnb bed-and-breakfast: navy bottle ink-gold wine brass lagoon
dentist dental orthodont tooth teeth: aqua sky sage ink-sky blush persimmon
doctor clinic medic telemedic hospital physician health surgery \
    podiatr cardiolog dermatolog paediatric pediatric orthopaed hearing fertility: surgical cobalt signal sage slate
pharmac apothecary drugstore: emerald signal navy aqua ink-lime
nurse carer care-home home-care hospice caregiv elderly: sea-glass denim blush apricot sage
physio chiropract osteopath massage: petrol leaf denim persimmon slate
psycholog therap counsel: sage denim lilac apricot lagoon
optic optician sunglasses eyewear spectacles optometr: ink-yellow petrol signal cobalt tobacco
vet veterinar animal: leaf denim lagoon apricot brick
pet dog bird-seed birdseed puppy kennel cat kitten grooming: tangerine denim leaf rose ink-yellow lagoon
yoga pilates meditat mindful breathwork ayurved reiki acupunct wellbeing retreat: sage plum lagoon blush slate
spa wellness thermal bathhouse sauna: sage walnut petrol blush slate
gym fitness crossfit workout trainer personal-training skate skateboard: ink-lime signal royal ink-orange tangerine
boxing martial judo karate wrestling fight: ink-red signal ink-gold navy mustard
football soccer rugby hockey league archery fencing rowing: pitch signal royal ink-yellow wine
tennis padel squash golf: pitch navy rust mustard ink-lime
bike bicycle cycling cyclist velo! velodrome: signal ink-yellow leaf cobalt tangerine
surf! surfer canoe kayak raft paddle surfing surfboard dive! diver! diving snorkel: lagoon tangerine navy rose mustard
sail sailing yacht cruise cruises marina boat ferry harbour: navy signal lagoon brass slate
ski skis skiing curling ice-rink caravan zip-line skier snowboard mountain climb alpine hike hiker hiking trail \
    campsite camping camper campervan scout glamping wilderness: steel signal forest ink-orange mustard
run runner running marathon athlet sport sports triathlon: scarlet ink-lime royal tangerine pitch
law lawyer legal attorney solicitor barrister notary mediator patent embassy: navy bottle wine ink-gold slate
bank banking stock-exchange trading debt credit cooperative savings pension mortgage payroll: navy forest brick \
    slate petrol
account accountant tax bookkeep audit: forest navy slate rust wine
insur insurance assur broker: cobalt petrol brick forest slate
financ invest wealth fund! capital fintech payment: bottle midnight ink-gold wine petrol
~consult consultan advis strateg translat interpret coworking event coach mentor: petrol ink-red navy rust forest
real-estate estate realtor property housing letting: bottle navy brick tobacco slate
architect interior lamp chandelier lighting: ink-red slate rust navy bottle
construct builder building insulat damp-proofing skip-hire tunnel contractor concrete mason bricklay roof roofer \
    surveyor stonemason demolition scaffold crane tiler glazier handyman \
    chimney paving: ink-yellow tangerine navy brick slate
carpent joiner sawmill parquet sofa picture-fram wood woodwork furniture timber floor flooring upholster \
    cabinet: saddle forest rust ink-orange navy
plumb plumber heat-pump heat-pumps bathroom septic drain drainage heating boiler: royal tangerine ink-sky signal lagoon
electric electrician wiring: ink-yellow royal signal tangerine pitch
paint painter decorator wallpaper coating: royal tangerine leaf rose mustard
locksmith security pest-control exterminator guard alarm safe: ink-yellow navy signal slate pitch
cleaner cleaning laundry launderette housekeep: aqua sky leaf ink-sky mustard
mover movers moving removal logistic \
    freight courier delivery haul postal storage: signal royal ink-yellow tangerine pitch
car garage petrol-station fuel mechanic automotive automobile auto! tyre motor motorcycle: signal ink-orange \
    navy mustard graphite
taxi cab driving transport bus railway train! tram parking scooter rental: ink-yellow signal royal pitch tangerine
aviation airline paraglid balloon-ride balloon-rides pilot drone flight: flag signal ink-sky tangerine petrol
travel tours tourist tourism cartograph map-maker map-makers globe! atlas voyage holiday whale-watching \
    bird-watching: lagoon tangerine navy mustard rose
farm farmer agricultur ranch barn wheat grain sheep \
    poultry horse riding stable equestrian saddle goat alpaca: forest brick honey saddle steel
garden gardener fertilis irrigat seedling landscap nursery plant lawn horticult greenhouse hydropon compost: \
    leaf walnut brick mustard surgical
florist flower bouquet floral: rose forest plum apricot ink-rose
forest forestry falcon tree arborist wildlife zoo: forest saddle rust brass slate
fish fishing angler aquarium shipyard: petrol rust navy moss ink-orange
recycl sustain environment climate conservation eco waste upcycl refill: pitch lagoon mustard denim rust
solar renewable wind! windmill windpower photovolta hydropower battery e-bike ebike: tangerine royal leaf \
    ink-yellow petrol
~energy power utility: royal tangerine pitch ink-yellow signal
swimming swim-school lido swimmer: cobalt ink-yellow aqua signal petrol
~water spring-water wells: cobalt aqua slate leaf navy
~software saas app platform startup developer code programming: royal ink-lime signal petrol pitch tangerine
data analytic cloud hosting server database network quantum: midnight lagoon ink-orange emerald signal
ai robot machine-learning automation: ink-lime signal cobalt petrol tangerine
cyber cybersecurity privacy encryption vpn password: midnight ink-lime petrol signal slate
crypto blockchain bitcoin: ink-orange emerald midnight mustard signal
electron hardware microchip semiconductor sensor embedded: pitch ink-orange cobalt signal petrol
~engineer industr manufactur lift! elevator bearing! valve pump! cnc tractor factory machine steel metal \
    foundry blacksmith ironmonger tool tools forge laser welding: steel ink-orange signal slate pitch
aerospace satellite rocket spaceflight spacecraft space-company space-agency space-startup astronom planetarium \
    observatory: midnight ink-orange signal petrol slate
science laborator research biotech genetic chemis genom: cobalt emerald ink-red petrol plum
~school college academy teacher tutor kindergarten learning: flag tomato pitch mustard lagoon
university institute faculty: wine navy bottle ink-gold slate
child children kid kids daycare nursery toddler: royal tomato mustard leaf candy lagoon
toy toys kite! kites puzzle board-game: scarlet royal mustard leaf candy
baby maternity midwife doula newborn: sea-glass blush denim apricot lilac
book bookshop bookstore calligraph library publish \
    literary comic copywrit genealog stationer: bottle oxblood navy ink-red mustard tobacco
newspaper magazine journal editorial news: ink-red signal navy mustard forest
print printer printing letterpress typograph \
    packaging cardboard sign! signage signwriter: ink-red cobalt tangerine mustard rose
photograph photo camera: ink-red petrol tobacco ink-yellow slate
film cinema movie theatre theater drama opera! video television tv: wine ink-gold signal midnight mustard
music band! sing singer singing song record concert orchestra jazz choir violin guitar vinyl piano ukulele \
    quartet drum! drummer cello flute sound audio brass!: ink-rose plum rust midnight mustard
radio podcast broadcast: signal ink-yellow tangerine royal plum
~festival carnival amusement funfair: tangerine rose royal mustard lagoon
dance ballet ballroom: rose ink-red plum scarlet sea-glass
nightclub dj: ink-lime violet fuchsia royal tangerine
game gaming esport billiard snooker pool-hall arcade bowling casino escape-room: signal ink-lime royal violet tangerine
~art artist gallery museum exhibition sculptor sculpture: ink-red cobalt tangerine mustard fuchsia
~design designer agency studio branding marketing advertis: ink-orange royal tomato pitch rose
pottery potter glass-blower glassblow ceramic clay: brick petrol walnut slate apricot
knit wool yarn textile sewing tailor weav fabric carpet curtain mattress rug: oxblood denim walnut mustard sage
fashion clothing boutique umbrella couture streetwear apparel \
    lingerie hat hatter milliner thrift second-hand: ink-red wine bottle tobacco slate
leather shoe shoes cobbler bag saddler: saddle oxblood ink-gold bottle navy
jewel jewellery jewelry goldsmith watch! watches watchmaker clock: ink-gold bottle wine navy brass
hair hairdress salon: ink-rose petrol plum rust oxblood
barber barbershop shave: flag ink-red oxblood bottle tobacco
beauty cosmetic makeup skincare nail nails perfume: blush ink-rose plum sage rust
tattoo piercing: ink-red oxblood bottle brass midnight
wedding bridal bride: sage blush navy wine brass
candle soap: walnut sage blush mustard slate
church parish chapel ministry mosque synagogue temple monastery cathedral: wine navy forest brass slate
~charity fundrais donat nonprofit foundation volunteer association community club society: tomato lagoon royal \
    mustard forest
museum heritage histor archaeolog antique auction pawn: brick bottle navy brass ink-red
~political party union council municipal city town: flag tomato forest petrol mustard
fire! firefighter rescue emergency lifeboat coastguard: signal ink-yellow navy tangerine slate
magic wizard fantasy: violet midnight bottle ink-gold oxblood
stove! fireplace: rust espresso slate mustard bottle
chess: ink-red bottle brick navy mustard
weather meteorolog: cobalt ink-yellow slate lagoon tangerine
funeral undertaker cemetery cremat hearse mourning grief: slate navy bottle walnut ink-gold plum
tobacconist cigar pipe! vape: tobacco ink-gold bottle oxblood slate
cannabis hemp cbd dispensary: leaf ink-gold petrol walnut plum
refugee aid shelter asylum food-bank homeless: lagoon tomato royal mustard forest
circus magician costume clown: scarlet royal mustard violet lagoon
"""

_ERAS: Final = """
art.?deco|twenties|gatsby|1920'?s: ink-gold bottle navy wine brass petrol
bauhaus|constructivis\\w*|de stijl: signal cobalt ink-yellow mustard graphite
thirties|forties|1930'?s|1940'?s: brick petrol brass navy tobacco
fifties|1950'?s|50'?s|mid.?century|diner: tomato sea-glass mustard steel ink-rose
sixties|1960'?s|60'?s|psychedel\\w*|mod: tangerine rose lagoon mustard plum
seventies|1970'?s|70'?s|disco: chestnut persimmon honey moss plum
eighties|1980'?s|80'?s|synthwave|vaporwave|miami: fuchsia aqua violet ink-yellow royal
nineties|1990'?s|90'?s|grunge: royal lagoon plum signal mustard
victorian|edwardian|belle.?epoque|art.?nouveau: bottle wine tobacco ink-gold navy brass
retro|vintage: brick petrol honey tobacco bottle
brutalis\\w*|punk: ink-yellow ink-red signal cobalt tangerine
"""


_DENIAL: Final = re.compile(r"\b(?:no|not|nothing|never|without|avoid|isn't|don't)\b[^,.;:]{0,24}$", re.IGNORECASE)


def _read_table(text: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = (line.rsplit(":", 1) for line in text.strip().splitlines())
    return tuple((key, tuple(names.split())) for key, names in rows)


@dataclass(frozen=True, slots=True)
class Trade:
    """The stems of a trade's words and the names of its palettes, the most typical first; `general` fits any trade."""

    stems: tuple[str, ...]
    palettes: tuple[str, ...]
    general: bool


@lru_cache(maxsize=1)
def trades() -> tuple[Trade, ...]:
    """Return the table of trades."""
    rows = _read_table(_TRADES)
    return tuple(Trade(tuple(key.lstrip("~").split()), names, key.startswith("~")) for key, names in rows)


@lru_cache(maxsize=1)
def eras() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """Return each era as the pattern that finds it in a text in lower case, and the names of its palettes."""
    return tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)"), names) for words, names in _read_table(_ERAS))


@lru_cache(maxsize=128)
def harmony(name: str) -> Harmony:
    """Return a palette by its name."""
    main, accent = PALETTES[name]
    return Harmony(lch_of(main), lch_of(accent))


def trade_palettes(text: str) -> tuple[str, ...]:
    """Return the palettes of the trade that a text speaks of most, the first of equals; nothing for none."""
    words = words_of(text)
    pairs = [f"{one}-{other}" for one, other in itertools.pairwise(words)]
    spots = [*enumerate(words), *enumerate(pairs)]
    best: tuple[tuple[bool, int, int], tuple[str, ...]] = ((False, 0, 0), ())
    for trade in trades():
        found = [place for place, word in spots if any(_matches(word, stem) for stem in trade.stems)]
        if found:
            best = max(best, ((not trade.general, len(found), -min(found)), trade.palettes), key=lambda entry: entry[0])
    return best[1]


def _matches(word: str, stem: str) -> bool:
    """Say whether a word begins with a stem, or is it or its plural where the stem ends with an exclamation mark."""
    whole = stem.removesuffix("!")
    return word in (whole, f"{whole}s") if whole != stem else matches_stem(word, stem)


def era_palettes(text: str, avoided: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the palettes of the first era in the table that a text names, unless it is avoided or denied."""
    for pattern, names in eras():
        match = pattern.search(text.casefold())
        if match and match.group() not in avoided and not _DENIAL.search(text[: match.start()]):
            return names
    return ()
