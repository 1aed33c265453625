"""What must not be seen: the words under a negation, and what they stand for."""

from collections.abc import Iterable
from typing import Final

from blazon.draw.meaning import is_noise
from blazon.reading.scan import Scan
from blazon.reading.scene_words import FUNCTION_WORDS, SHOWS
from blazon.reading.things import ThingNames

# What belongs to a class of things that is refused as a whole, beside what the other tables name.
CLASSES: Final[dict[str, str]] = {
    "animal": """fox, wolf head, bear head, lion, tiger, cat, dog, horse, cow, pig, sheep, goat, rabbit, deer head,
        elephant, bird, owl, eagle emblem, fish, whale, dolphin, shark, bee, butterfly, ant, ladybug, frog, snake,
        turtle, monkey, panda, koala, kangaroo, penguin, duck, swan, rooster, chicken, raven, dove, seagull, mouse,
        rat, squirrel, hedgehog, badger, beaver, bat, dragon, unicorn, octopus, crab, snail, spider, bull, camel,
        parrot head, paw print, feather, bone, animal, stag head, barn owl, sparrow, swallow, gecko, hummingbird,
        flamingo""",
    "bird": """bird, owl, barn owl, eagle emblem, hawk emblem, raven, dove, seagull, duck, swan, rooster, chicken,
        heron, sparrow, swallow, finch, hummingbird, flamingo, penguin, parrot head, feather, feathered wing, goose,
        ostrich, toucan, turkey, nest bird, ibis, vulture""",
    "flower": """flower, rose, flower tulip, daisy, sunflower, flower lotus, lotus flower, lotus, poppy, cherry
        blossom, rosette, trefoil lily, flower pot, bouquet""",
    "plant": """plant, potted plant, leaf, tree, tree evergreen, sprout, flower, grass, cactus, fern, vine, palm tree,
        tree branch, wheat, clover, bamboo, bonsai tree, seedling, flower tulip, rose, oak leaf, leaf maple""",
    "leaf": "leaf, leaf maple, oak leaf, maple leaf, tree branch, sprout, plant, clover, fern, laurel wreath",
    "tree": "tree, tree evergreen, palm tree, pine tree, birch tree, bonsai tree, forest, tree branch",
    "food": """bread, croissant, cake, cupcake, pizza, hamburger, apple, carrot, fork knife, bowl food, cheese, egg,
        steak, sausage, ice cream, cookie, donut, orange slice, cherry, strawberry, tomato, bowl steam, chef hat,
        salad, cooking pot, food, noodle, taco, chili hot""",
    "fruit": "apple, orange slice, cherry, strawberry, pineapple, banana, lemon, pear, peach, grape, watermelon, fruit",
    "people": """person, users three, man, woman, baby, child, human, family, person run, person swim, physiotherapist,
        meditation, face, hand, handshake, people, smiley, student, nurse, user, detective""",
    "face": "face, smiley, mask happy, smile, mouth, nose, eye, beard, mustache, user",
    "hand": "hand, handshake, hand heart, hand coins, helping hand, palm, fist, hand fist, finger",
    "vehicle": """car, truck, bus, train, airplane, bicycle, motorcycle, ship, sailboat, scooter, taxi, tram,
        van, tractor""",
    "building": """building, house, home, church, castle turret, factory, skyscraper, storefront, warehouse,
        home roof, barn""",
    "house": "house, home, home roof, house heart, building, solar roof",
    "tool": "hammer, wrench, screwdriver, toolbox, hand saw, axe, chisel, gear, hammer wrench, shovel, trowel, drill",
    "weapon": "sword, gun, bomb, knife, dagger, bow arrow, axe, swords, rifle, pistol, cannon, shield, crossbow",
    "instrument": "guitar, piano, violin, trumpet, drum, saxophone, flute, microphone, music note, harp",
    "glasses": "glasses, eyeglasses, sunglasses, spectacle, lens, lorgnette, 3d glasses, goggles, eye glasses",
    "eyeglasses": "glasses, eyeglasses, sunglasses, spectacle, lens",
    "globe": "globe, globe stand, earth, world, planet",
    "plane": "airplane, airplane tilt, plane, paper plane, biplane, propeller, aircraft, commercial airplane",
    "airplane": "airplane, airplane tilt, plane, paper plane, biplane, propeller, aircraft",
    "tooth": "tooth, toothbrush, teeth, dental, molar",
    "scale": "scales, scale, balance",
    "bulb": "lightbulb, bulb, light bulb, idea",
    "cup": "coffee, tea, cup, mug, coffee mug, cup soda, coffee pot",
    "bean": "coffee bean, bean",
    "coffee cup": "coffee, cup, mug",
    "heart": "heart, hearts, heartbeat, hand heart, house heart, head heart",
    "cross": "cross, first aid, first aid kit, hospital, crucifix",
    "paw": "paw print, paw",
    "wave": "wave, big wave, waves, sea wave, wave surfer",
    "star": "star, star four, shooting star, sparkle, stars",
    "gear": "gear, cog, cogwheel, gears",
    "lock": "lock, padlock, keyhole",
    "sun": "sun, sun horizon, sunset, sunrise, sunbeam",
    "moon": "moon, moon stars, crescent",
    "wheat": "wheat, barley, grain, wheat ear",
    "bread": "bread, baguette, croissant, toast, loaf",
    "hat": "hat fedora, chef hat, top hat, cowboy hat, pirate hat, hat",
    "cutlery": "fork knife, knife, spoon, fork, spatula, silverware",
    "fork": "fork knife, fork, silverware",
    "knife": "knife, fork knife, cleaver",
    "dumbbell": "dumbbell, barbell, kettlebell",
    "technology": "circuitry, cpu, robot, computer, laptop, code, gear, database, head circuit, microchip",
    "circuit": "circuitry, circuit board, cpu, microchip, head circuit",
    "skull": "skull, animal skull, crossed bones, bone",
    "shape": "circle, square, triangle, hexagon, star, cube",
    "religion": "cross, crucifix, church, mosque, prayer, bible, star david",
    "money": "coins, money, wallet, hand coins, piggy bank, banknote, dollar, coin",
    "coin": "coins, coin, hand coins",
    "book": "book open, book, bookmark, notebook, bookshelf, books",
    "graduation cap": "graduation cap, mortarboard, graduate cap, student",
    "mountain": "mountains, mountain, peaks, peak, hill, volcano, mountaintop",
    "lightning": "lightning, bolt, lightning bolt, flash",
    "flame": "flame, fire, campfire, fireplace",
    "fire": "flame, fire, campfire, fireplace, candle",
    "water": "drop, drops, waves, water, fountain, bubbles",
    "drop": "drop, drops, droplet",
    "scissors": "scissors, scissor",
    "pole": "barber pole, pole",
    "car": "car, steering wheel, wheel, taxi",
    "camera": "camera, aperture, photo camera, polaroid, lens",
    "aperture": "aperture, lens, camera iris",
}
_RELATIVES: Final = {"vehicles": "vehicle", "person": "people", "human": "people", "figure": "people", "insect": "bee"}


def find_avoided(scan: Scan, names: ThingNames) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what must not be seen: as said, and as names of pictures; the words are marked as understood."""
    said: list[str] = []
    pictures: list[str] = []
    place = 0
    while place < len(scan.tokens):
        length = 1
        if scan.negated[place] and scan.is_free(place) and scan.tokens[place].is_word:
            phrase, length, picture = _phrase_at(scan, place, names)
            if phrase:
                said.append(phrase)
                pictures.extend((phrase, picture, *expand(phrase)))
            scan.use(place, length)
        place += length
    return tuple(dict.fromkeys(said)), tuple(dict.fromkeys(filter(None, pictures)))


def expand(name: str) -> Iterable[str]:
    """Return the pictures that a refused thing forbids with it: all flowers for `flower`, sunglasses for `glasses`."""
    listed = CLASSES.get(_RELATIVES.get(name, name), "").replace("\n", " ").split(",")
    return [" ".join(word.split()) for word in listed if word.strip()]


def _phrase_at(scan: Scan, place: int, names: ThingNames) -> tuple[str, int, str]:
    """Return the phrase that is refused at a place, its length, and its picture's name; empty for mere grammar."""
    named = names.find(scan.tokens, place)
    if named and all(scan.negated[place : place + named.length]):
        phrase = " ".join(token.lemma for token in scan.tokens[place : place + named.length])
        return phrase, named.length, named.picture if named.exact else ""
    lemma = scan.lemma(place)
    told = not is_noise(lemma) and lemma not in FUNCTION_WORDS | SHOWS | _DESCRIBING
    return (lemma, 1, "") if told else ("", 1, "")


# Said of how a logo looks: nothing that can be left out of the pictures.
_DESCRIBING: Final = frozenset(
    """clich like kind sort boring generic childish corporate cheap cheesy tacky busy complicated complex fussy
    cluttered detailed
    aggressive serious playful dull bland cold warm bright dark cliche stereotypical stereotype typical usual obvious
    standard gradient shadow effect outline border stroke bevel glow texture pattern gimmick trend trendy fancy
    kitsch kitschy literal realistic sketchy stock clipart common ordinary old fashioned dated feminine masculine
    girly clutter frill fuss decoration ornament ornamental flourish background frame box circle line colour color
    text""".split()
)
