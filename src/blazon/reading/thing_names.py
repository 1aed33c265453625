"""What things are called: words for pictures of the library, and names of pictures that are no things."""

from typing import Final


def _parse_pairs(text: str) -> dict[str, str]:
    return {word.strip(): picture.strip() for word, _, picture in (pair.partition(":") for pair in text.split(","))}


# Words for what the library has under another name.
SAME: Final = _parse_pairs(
    """parrot:parrot head, beer glass:beer stein, pint glass:beer stein, glass of beer:beer stein, mug of beer:beer
    stein, seal:juggling seal, ram:ram profile, wolf:wolf head, bear:bear head, deer:deer head, stag:stag head,
    elk:stag head, lynx:lynx head, puppy:dog, kitten:cat, pony:horse, foal:horse, buffalo:buffalo head,
    bunny:rabbit, hare:rabbit, reindeer:deer head, ape:gorilla, raccoon:raccoon head, walrus:walrus head,
    whale:sperm whale, orca:sperm whale, stingray:manta ray, manta:manta ray, starfish:sea star, knight:chess
    knight, mill:windmill, mountain range:mountain, bull:charging bull, prawn:shrimp, trout:flying trout, carp:fish,
    koi:fish, bumblebee:bee, honeybee:bee, honey bee:bee, beetle:bug beetle, ladybird:ladybug, toad:frog,
    lizard:gecko, chameleon:chameleon glyph, dinosaur:dinosaur rex, eagle:eagle emblem, hawk:hawk emblem,
    crow:raven, goldfinch:finch, hen:chicken, cockerel:rooster, pigeon:dove, gull:seagull, griffin:griffin symbol,
    gryphon:griffin symbol, tulip:flower tulip, lily:trefoil lily, pine:pine tree, fir:tree evergreen, fir tree:tree
    evergreen, spruce:tree evergreen, christmas tree:tree evergreen, conifer:tree evergreen, birch:birch tree,
    maple:leaf maple, waterlily:flower lotus, water lily:flower lotus, spectacles:eyeglasses, spectacle:eyeglasses,
    fork and knife:fork knife, knife and fork:fork knife, spoon and fork:fork knife, cutlery:fork knife,
    smile:smiley, grin:smiley, foot:footprint, wing:feathered wing, nest:nest bird, headphones:headphone,
    scissors:scissor, chili:chili hot, chilli:chili hot, sushi:sushis, cocktail:glass cocktail, hat:hat fedora,
    arrow:bow arrow, wreath:laurel wreath, rope:rope coil, branch:tree branch, twig:tree branch, olive branch:olive,
    bonsai:bonsai tree, rocket ship:rocket launch, spaceship:rocket launch, light house:lighthouse,
    honeypot:honeypot, pot of honey:honeypot, honey pot:honeypot, jar of honey:honey jar, teapot:teapot leaf, tea
    cup:tea, teacup:tea, cup of tea:tea, cup of coffee:coffee, coffee cup:coffee, steering wheel:steering wheel,
    sailing boat:sailboat, yacht:sailboat, ferris wheel:ferris wheel, magnifier:magnifying glass, wave:wave,
    surf:wave, hill:hill, book:book, aeroplane:airplane, jet:airplane, planet earth:globe, quill pen:quill, wheat
    ear:wheat, ear of wheat:wheat, sheaf of wheat:wheat, grape:grape, bunch of grapes:grape, handsaw:hand saw,
    saw:hand saw, pocket watch:watch, raindrop:drop, water drop:drop, droplet:drop, flame of fire:flame, hot air
    balloon:airballoon, air balloon:airballoon, snowdrop:flower, crescent:moon, crescent moon:moon, half moon:moon,
    rising sun:sun horizon, sunrise:sun horizon, setting sun:sunset, skyline:building, skyscraper:building,
    tophat:top hat, bowler:hat fedora, bowler hat:hat fedora, oak tree:tree, apple tree:tree, palm tree:palm tree,
    tree of life:tree, blossom:flower, cherry blossom:flower, sprig:tree branch, gondola:gondola, steam train:train,
    locomotive:train, lorry:truck, van:van, motor bike:motorcycle, penny farthing:velocipede, biplane:biplane,
    shamrock:shamrock, four leaf clover:clover, four leafed clover:clover, horse shoe:horseshoe, dragon:dragon head,
    church:church, barn:barn, pagoda:pagoda, eiffel tower:eiffel tower, mug:mug, light bulb:lightbulb, treble
    clef:music clef treble, quaver:music note, eighth note:music note, note:music note, vinyl:vinyl record, record
    player:turntable, football:soccer, soccer ball:soccer, sock:sock, needle and thread:needle, thread:spool, ball
    of yarn:yarn, ball of wool:yarn, cog:gear, cogwheel:gear, lock and key:key, mortar and pestle:mortar pestle,
    hammer and anvil:anvil, bow and arrow:bow arrow, skull and crossbones:crossed bone, rain cloud:cloud rain, storm
    cloud:cloud lightning, lightning bolt:lightning, thunderbolt:lightning, people:users three, person:person,
    wolf's head:wolf head, peas:pea, cereal:wheat, grain:grain, hop:hop, hops:hop, hedge:shrub, bush:shrub,
    toothbrush:toothbrush, speech bubble:chat circle, bubble:bubble, pint:beer stein, beer mug:beer stein, glass of
    wine:wine, wine glass:wine, bottle of wine:bottle wine, cap:baseball cap, ice cream cone:ice cream, chain:link,
    chain link:link, column:ancient column, gavel:gavel, surfboard:surf board, rowboat:canoe, rowing boat:canoe,
    match:matchstick, matches:matchstick, loaf:bread, loaf of bread:bread, labyrinth:maze, tie:tie,
    nose:nose side, thumb:thumb up, rook:chess rook, queen:chess queen, chess piece:chess pawn, tap:faucet,
    spiderweb:spider web, cobweb:spider web, plough:plow, parcel:package, safe:safe, drill:drill, fist:fist,
    well:water well, rain:cloud rain, scuba diver:diving scuba, diver:diving scuba, astronaut:astronaut helmet,
    spaceman:astronaut helmet, wizard:wizard hat, witch:witch flight, monk:monk face, nun:nun face, runner:person
    run, surfer:surfing, climber:mountain climbing, saturn:ringed planet, crystal:crystal cluster, bullseye:archery
    target, postage stamp:postage stamp, kitchen tap:kitchen tap, boxing gloves:boxing glove, mittens:winter glove,
    mitten:winter glove, disc:vinyl record, fork:fork knife, spider:spider, radish:beet, beetroot:beet,
    goggles:safety goggle"""
)

# Words for what the library has not, with what comes nearest: it is drawn, and that is told.
NEAREST: Final = _parse_pairs(
    """macaw:parrot head, cockatoo:parrot head, parakeet:parrot head, budgie:parrot head, otter:beaver,
    leopard:tiger head, panther:tiger head, cheetah:tiger head, jaguar:tiger head, puma:lion, cougar:lion,
    bobcat:lynx head, poodle:dog, golden retriever:dog, bulldog:dog, dachshund:dog, terrier:dog, labrador:dog,
    collie:dog, spaniel:dog, greyhound:dog, corgi:dog, pug:dog, husky:wolf head, mule:donkey, zebra:horse,
    giraffe:deer head, rhino:bison, rhinoceros:bison, hippo:bison, hippopotamus:bison, llama:camel, alpaca:sheep,
    moose:stag head, antelope:deer head, gazelle:deer head, ox:charging bull, yak:bison, piglet:pig,
    chipmunk:squirrel, hamster:mouse, guinea pig:mouse, chimpanzee:monkey, chimp:monkey, orangutan:monkey,
    lemur:monkey, skunk:badger, weasel:beaver, stoat:beaver, ferret:beaver, marten:beaver, mink:beaver,
    mongoose:squirrel, meerkat:squirrel, platypus:beaver, wombat:koala, sealion:seal, sea lion:seal,
    porpoise:dolphin, lobster:crab, crayfish:crab, pike:fish, tuna:fish, cod:fish, herring:fish, sardine:fish,
    mackerel:fish, sturgeon:fish, anchovy:fish, slug:snail, wasp:bee, hornet:bee, firefly:ladybug,
    grasshopper:cricket, newt:salamander, iguana:gecko, crocodile:salamander, alligator:salamander, viper:cobra,
    python:snake, adder:snake, falcon:hawk emblem, kestrel:hawk emblem, osprey:hawk emblem, buzzard:hawk emblem,
    magpie:raven, jay:finch, robin:finch, wren:sparrow, tit:sparrow, swift:swallow, nightingale:sparrow,
    lark:sparrow, skylark:sparrow, pheasant:rooster, peacock:turkey, emu:ostrich, puffin:penguin, pelican:heron,
    stork:heron, egret:heron, albatross:seagull, kingfisher:hummingbird, woodpecker:finch, phoenix:eagle emblem,
    kraken:octopus, yeti:gorilla, orchid:flower, thistle:flower, lavender:flower, iris:flower, lilac:flower,
    peony:rose, dahlia:flower, edelweiss:flower, magnolia:flower, jasmine:flower, snowdrop:flower, bluebell:flower,
    cornflower:flower, marigold:sunflower, dandelion:flower, duckling:duck, tern:seagull, cormorant:heron,
    gannet:seagull, curlew:heron, lapwing:sparrow, thrush:sparrow, blackbird:raven, starling:sparrow,
    dromedary:camel, stallion:horse, mare:horse, ewe:sheep, bullock:charging bull, chick:chicken, cub:bear head,
    bear cub:bear head, lion cub:lion, fawn:deer head, calf:cow, tadpole:frog, gosling:goose, cygnet:swan,
    owlet:owl, fox cub:fox, moth:butterfly, lamb:sheep, willow:tree, willow tree:tree, cedar:pine tree, cedar
    tree:pine tree, cypress:pine tree, cypress tree:pine tree, moss:leaf, lime:lemon, pomegranate:apple,
    mango:peach, cottage:house, cello:violin, pearl:scallop, clam:scallop, cuttlefish:octopus, goldfish:fish,
    catfish:fish, swordfish:fish, marlin:fish, vole:mouse, shrew:mouse, coyote:wolf head, jackal:wolf head,
    hyena:wolf head, wallaby:kangaroo, aardvark:badger, jackdaw:raven, martin:swallow, mallard:duck, quail:chicken,
    partridge:chicken, ivy:leaf, daffodil:flower, apricot:peach, fig:pear, blueberry:grape, blackberry:raspberry,
    gooseberry:grape, cranberry:cherry, turnip:beet, onion:garlic, rolling pin:bread, tugboat:ship,
    airship:airballoon, watermill:windmill, water mill:windmill, loom:spool, monocle:eyeglasses,
    gramophone:turntable, weathervane:compass, cyclist:bicycle, dancer:shoe ballet, ballerina:shoe ballet,
    viking:drakkar, samurai:sword, dumpling:bowl food, ramen:noodle, burrito:taco, teabag:tea, tea leaf:leaf,
    domino:dice, whale shark:shark, dune:camel, glacier:mountain, lake:wave, toucan:parrot head, kiwi bird:ostrich,
    sailor:anchor, knight in armour:mounted knight, scarecrow:wheat, bagel:bread, hairdryer:comb, apron:chef hat,
    sickle:scythe, hoe:shovel"""
)

# Trades and places of business that are pictures too: named, they say what the brand does.
TRADES: Final = frozenset(
    """academy accessory advertisement ai airport animal apothecary architect army badminton baker bakery bank bar
    barber baseball basketball beach beauty beer biathlon billiard booze bowling boxing brandy bread breakfast
    building burger bus butcher cafe cake camp camping candy cannabis carpenter casino charity cheese chef child
    chocolate church cider cinema circus city cleaning clinic clothing club cocktail code coffee community
    concert construction cook cookie crew cricket curling cycling dance data database delivery dentist desk
    dessert dinner diving doctor drama ecology education electric electrician energy engineer factory fair
    family farm farmer fashion fencing festival field film finance fishing fitness food football forest
    freemasonry fruit funeral gallery game gaming garage garden gin gold golf grocery gym gymnastics hamburger
    handball health hemp hiking history hockey home hospital hotel house human image insurance iron island
    jewellery jewelry judo juice karate kayaking kindergarten kitchen kitesurfing laundry leather library liquor
    logistics lunch magazine man market marketing massage math meal meat medication medicine meditation military
    milk miner mining mosque motorbike movie museum music nature network news newspaper noodle nuclear nurse
    nursery office oil organic paper parade paragliding park parking party people person pet pharmacy photo
    picture pizza plumber plumbing podcast police pool portrait pub radio railway refinery restaurant robot
    roofing rowing rugby sailing salad salon sandwich school science seafood security server shoe shop shopping stable
    silver skateboarding smoothie soccer society software solar soup spa stadium steak steel store storefront
    student supermarket surfing sushi swimming synagogue taco tattoo taxi tea teacher team television temple
    tennis theater theatre tobacco town toy translation transport travel trekking tv university vacation vape
    vegan vegetable vet video village volleyball warehouse water web wedding whisky wildlife wine woman wool
    workshop yoga""".split()
)

# Of those, what can be seen as such: with an article it is a thing, `a robot`.
OBJECTS: Final = frozenset(
    """robot house home city village island forest field radio tv game bread cheese cake pizza burger hamburger
    sushi taco noodle salad sandwich coffee tea wine beer milk shoe toy vegetable fruit chocolate cookie church
    mosque temple barn factory bus railway newspaper magazine book baby person man woman child crane tower
    castle""".split()
)

# Names of pictures that are no things, or seldom meant as such.
NOT_THINGS: Final = frozenset(
    """board bit kind sort lot piece way thing look feel touch part pair set third fourth second mood tone note-book
    combination mix version example detail row rest bunch abstract accessibility accessible ace achievement acrobatic
    adjust adjustment age angle angry animation archive
    arena arm at atm aura automation award backup balance ban base bio blind blob block body bold bounce build
    cancer card cast catch category champion charm chat check cheer cheerful chip clean clear close cloudy club
    comment component compost concept condition connection console construct contain content contract control
    cool corner count cover craft crafting credit cross currency cut cyber cycle dash data design detail
    development digital dimension direction disc discussion divide double draft drama drawing dream drill drive
    east edge electric embryo energy equal eruption euro exam exchange fall fast fat fig figure fill filter find
    fist fit flash flat flood fly focus form forum frame free freedom fresh friend front fuel full fun function
    fusion future general gesture glass go goal good grab graph grid group growth guard guide half hash haze
    head heading height help heritage high hold hole hope hub human icon idea image impact incense incognito
    inspiration invoice jam join joint joke journey jump label land language launch layer layout lead leak lean
    leg letter level lie life lift light line link list load local location logo long look loop lost love lover
    low luck mark match math max memory mess message middle mind mine minimal mix mobile mode model modern
    monitor more motion move mp multiple name natural nature network next nice node north notch number offer
    office old on one open orbital order organic organigram origin panorama part party pass passion path pattern
    peace percent perform phi pick pitch place plan play plus point poison pop popular portal position post
    power present presentation press price pride print process profile program progress project promise protect
    prototype public pulse pure push quality quick quote race radiating ranking rate raw reach read real
    recycle reduce reminder remote repair resonance resource rest return reverse review rich ride right rise
    risk round row royal rss rule run safe sale save scheme score screen script search season seat select
    self send sense series serif service set setting shade shadow shape share sharp shine shop short show side
    sigma sign signal simple single size skill sleek slice slide slim small smart smooth social soft solid
    solution sound source south space spare special speech speed spin spirit split spot spread spring square
    stack stage stamp stand standard start state station step stick still stop story strategy strength
    stretching string strong student study style sum support surprise symbol system tag talk tap target team
    tech text thick thin three tick tie time tiny tip tir title tool top topic touch trace track trade tradition
    training transform translate transparent trend trust turn twist two type unique unity universe unplug up
    update upgrade use user value vector view village vintage vision visual vote walk warm way web weight well
    west white wide widget wild win wire wisdom wish word work world write young youth zap zone""".split()
)
