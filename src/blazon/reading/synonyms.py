"""What things are called that the library has under another name, and what stands for those that it lacks."""

from typing import Final


def _pairs(text: str) -> dict[str, str]:
    pairs = (" ".join(pair.split()).partition(":") for pair in text.split(","))
    return {word: picture for word, _, picture in pairs}


# Words for what the library has under another name.
SAME: Final = _pairs(
    """beer glass:beer stein, pint glass:beer stein, glass of beer:beer stein, mug of beer:beer stein, seal:juggling
    seal, ram:ram profile, wolf:wolf head, bear:bear head, deer:deer head, stag:stag head, elk:stag head,
    lynx:lynx head, puppy:dog, kitten:cat, pony:horse, foal:horse, buffalo:water buffalo, bunny:rabbit,
    hare:rabbit, reindeer:deer head, ape:gorilla, raccoon:raccoon head, walrus:walrus head, whale:sperm whale,
    orca:sperm whale, stingray:manta ray, manta:manta ray, starfish:sea star, knight:chess knight, mill:windmill,
    mountain range:mountain, bull:charging bull, prawn:shrimp, trout:flying trout, carp:fish, koi:fish,
    bumblebee:bee, honeybee:bee, honey bee:bee, beetle:bug beetle, ladybird:ladybug, toad:frog,
    chameleon:chameleon glyph, dinosaur:dinosaur rex, eagle:eagle emblem, hawk:hawk emblem, crow:raven,
    goldfinch:finch, hen:chicken, cockerel:rooster, pigeon:dove, gull:seagull, griffin:griffin symbol,
    gryphon:griffin symbol, tulip:flower tulip, lily:trefoil lily, pine:pine tree, fir:tree evergreen, fir
    tree:tree evergreen, spruce:tree evergreen, christmas tree:tree evergreen, conifer:tree evergreen, birch:birch
    tree, maple:leaf maple, waterlily:flower lotus, water lily:flower lotus, spectacles:eyeglasses,
    spectacle:eyeglasses, fork and knife:fork knife, knife and fork:fork knife, spoon and fork:fork knife,
    cutlery:fork knife, smile:smiley, grin:smiley, foot:footprint, headphones:headphone, scissors:scissor,
    chili:chili hot, chilli:chili hot, sushi:sushis, cocktail:glass cocktail, hat:hat fedora, arrow:bow arrow,
    wreath:laurel wreath, rope:rope coil, branch:tree branch, twig:tree branch, olive branch:olive, bonsai:bonsai
    tree, rocket ship:rocket launch, spaceship:rocket launch, light house:lighthouse, pot of honey:honeypot, honey
    pot:honeypot, jar of honey:honey jar, teapot:teapot leaf, tea cup:tea, teacup:tea, cup of tea:tea, cup of
    coffee:coffee, coffee cup:coffee, sailing boat:sailboat, yacht:sailboat, magnifier:magnifying glass,
    surf:wave, aeroplane:airplane, jet:airplane, planet earth:globe, quill pen:quill, wheat ear:wheat, ear of
    wheat:wheat, sheaf of wheat:wheat, bunch of grapes:grape, handsaw:hand saw, saw:hand saw, pocket watch:watch,
    raindrop:drop, water drop:drop, droplet:drop, flame of fire:flame, hot air balloon:airballoon, air
    balloon:airballoon, snowdrop:flower, crescent:moon, crescent moon:moon, half moon:moon, rising sun:sun
    horizon, sunrise:sun horizon, setting sun:sunset, skyline:building, skyscraper:building, tophat:top hat,
    bowler:hat fedora, bowler hat:hat fedora, oak tree:tree, apple tree:tree, tree of life:tree, blossom:flower,
    cherry blossom:flower, sprig:tree branch, steam train:steam locomotive, locomotive:steam locomotive,
    lorry:truck, motor bike:motorcycle, penny farthing:velocipede, four leaf clover:clover,
    dna helix:dna, double helix:dna, crab apple:apple, four leafed
    clover:clover, horse shoe:horseshoe, dragon:dragon head, light bulb:lightbulb, treble clef:music clef treble,
    quaver:music note, eighth note:music note, note:music note, vinyl:vinyl record, record player:turntable,
    football:soccer, soccer ball:soccer, needle and thread:needle, thread:spool, ball of yarn:yarn, ball of
    wool:yarn, cog:gear, cogwheel:gear, lock and key:key, mortar and pestle:mortar pestle, hammer and anvil:anvil,
    bow and arrow:bow arrow, skull and crossbones:crossed bone, rain cloud:cloud rain, storm cloud:cloud
    lightning, lightning bolt:lightning, thunderbolt:lightning, people:user three, wolf's head:wolf head,
    peas:pea, cereal:wheat, hops:hop, hedge:shrub, bush:shrub, speech bubble:chat circle, pint:beer stein, beer
    mug:beer stein, glass of wine:wine, wine glass:wine, bottle of wine:bottle wine, cap:baseball cap, ice cream
    cone:ice cream, chain:link, chain link:link, column:ancient column, surfboard:surf board, rowboat:boat, rowing
    boat:boat, match:match tip, matches:matchstick, loaf:bread, loaf of bread:bread, labyrinth:maze, nose:nose
    side, thumb:thumb up, rook:chess rook, chess piece:pawn, tap:faucet, spiderweb:spider web, cobweb:spider web,
    plough:plow, parcel:package, rain:cloud rain, scuba diver:scuba diving, diver:scuba diving,
    spaceman:astronaut, witch:witch flight, runner:person run, climber:mountain climbing, saturn:ringed planet,
    crystal:crystal cluster, bullseye:archery target, boxing gloves:boxing glove, mittens:winter glove,
    mitten:winter glove, disc:vinyl record, fork:silverware fork, radish:beet, beetroot:beet, goggles:safety
    goggle, rookery:nest, lamb:sheep, nanny goat:goat, billy goat:goat, sow:pig, piggy:pig, wild boar:boar,
    goldfish:fish, hyena:hyena head, mantis:praying mantis, chick:hatching chick, baby chick:hatching chick,
    housefly:fly, may fly:fly, mayfly:fly, hippo:hippopotamus, rhino:rhinocero, tuktuk:tuk tuk, auto rickshaw:tuk
    tuk, oxen:ox, bullock:ox, toadstool:mushroom, nesting doll:matryoshka doll, matryoshka:matryoshka doll,
    russian doll:matryoshka doll, babushka:matryoshka doll, diplodocus:brontosaurus, sauropod:brontosaurus,
    willow:willow tree, weeping willow:willow tree, ginkgo:ginkgo leaf, monstera:monstera leaf, cotton:cotton
    flower, bulrush:reed, cattail:reed, doughnut:donut, eggplant:aubergine, hotdog:hot dog, fries:french fries,
    french fry:french fries, toast:butter toast, chip:french fries, spatula:grill spatula, cask:barrel,
    keg:barrel, chalice:jeweled chalice, goblet:jeweled chalice, tankard:beer stein, stein:beer stein,
    cork:champagne cork, pestle:mortar pestle, crate:wooden crate, letter:envelope, mail:envelope,
    postbox:mailbox, post box:mailbox, letterbox:mailbox, telephone:phone, lamppost:post lamp, lamp post:post
    lamp, street lamp:post lamp, streetlight:post lamp, street light:post lamp, gravestone:tombstone,
    headstone:tombstone, sledge:sled, toboggan:sled, wagon:old wagon, helm:ship wheel, ship's wheel:ship wheel,
    digger:excavator, airship:zeppelin, blimp:zeppelin, dirigible:zeppelin, motorbike:motorcycle, steamboat:paddle
    steamer, ferry boat:ferry, viking ship:drakkar, longship:drakkar, long ship:drakkar, viking longship:drakkar,
    dragon boat:drakkar, steam engine:steam locomotive, streetcar:tram car, trolley car:tram car, fire engine:fire
    truck, pickup:pickup truck, pick up truck:pickup truck, pan pipe:pan flute, panpipe:pan flute, pan pipes:pan
    flute, organ:pipe organ, fiddle:violin, horn:hunting horn, drinking horn:beer horn, mead horn:beer horn,
    powder horn:hunting horn, bagpipes:bagpipe, gorgon:medusa head, mummy:mummy head, golem:rock golem,
    dwarf:dwarf face, zombie:shambling zombie, djinn:genie, jinn:genie, sorcerer:wizard, mage:wizard,
    magician:wizard, gandalf:wizard, viking:viking head, swimmer:person swim, jogger:person run, sprinter:run
    sprint, hiker:hiking, skater:ice skating, cyclist:bicycle, deep sea diver:diving helmet, mountaineer:mountain
    climbing, fisherman:lucky fisherman, angler:lucky fisherman, knight on horse:mounted knight, knight on a
    horse:mounted knight, oarsman:rower, oarswoman:rower, weightlifter:weight lifter, smith:blacksmith,
    captain:captain hat profile, sea captain:captain hat profile, cosmonaut:astronaut, sherlock:detective,
    centurion:centurion helmet, roman soldier:centurion helmet, bishop:chess bishop, domino:domino tile, bull's
    eye:archery target, dartboard:archery target, racket:tennis racket, racquet:tennis racket, puck:hockey puck,
    hoop:basketball hoop, net:fishing net, badminton shuttlecock:shuttlecock, golf ball:golf, golf club:golf,
    ski:skis, clog:wooden clog, clogs:wooden clog, buckle:belt buckle, earring:drop earring, vase:porcelain vase,
    urn:amphora, matchstick:match tip, tusk:ivory tusk, web:spider web, spider's web:spider web, doll:voodoo doll,
    marionette:puppet, sandcastle:sand castle, origami crane:origami, banner:vertical banner, mortar:mortar
    pestle, sceptre:winged scepter, scepter:winged scepter, orb:orb wand, basin:sink, big top:circus tent, bird's
    nest:nest, bird nest:nest, mirror ball:disco ball, aladdin's lamp:magic lamp, finger:hand finger, chess
    pawn:pawn, paint palette:palette, artist's palette:palette, painter's palette:palette, chapel:church,
    cathedral:church, basilica:church, fort:hill fort, fortress:castle, cottage:building cottage, cabin:wood
    cabin, log cabin:wood cabin, palace:indian palace, dome:base dome, arch:building arch, archway:building arch,
    longhouse:viking longhouse, statue:stone bust, bust:stone bust, cave:cave entrance, cliff:sea cliff,
    temple:greek temple, parthenon:greek temple, acropolis:greek temple, colosseum:coliseum, wishing well:well,
    water well:well, watermill:water mill, water wheel:water mill, waterwheel:water mill, pavilion:building
    pavilion, ruin:castle ruin, ruins:castle ruin, temple gate:torii, torii gate:torii, shrine gate:torii, tree
    house:treehouse, fuji:mount fuji, liberty statue:statue of liberty, wigwam:tipi, easter island head:moai,
    easter island statue:moai, stone head:moai, roof:home roof, rooftop:home roof, gable:home roof, ger:yurt,
    cyclone:tornado, twister:tornado, whirlwind:tornado, crystals:crystal cluster, boulder:stone, pebble:stone,
    falling star:shooting star, weathercock:rooster, bolt of lightning:lightning, thunder:lightning, gale:wind,
    breeze:wind, cloud and rain:cloud rain, snow:snowflake, spartan:spartan helmet, sphinx:egyptian sphinx,
    medusa:medusa head, rolling pin:dough roller, pelican:eating pelican, brick:brick pile, garlic bulb:garlic,
    bulb of garlic:garlic, clove of garlic:garlic, opera glasses:binoculars, grapevine:grape, vine:vine leaf, cart
    wheel:cartwheel, wagon wheel:cartwheel, bicycle wheel:wheel, bike wheel:wheel, tyre:tire, car tyre:tire"""
)

# Words for what the library has not, with what comes nearest: it is drawn, and that is told.
NEAREST: Final = _pairs(
    """panther:leopard, puma:lion, cougar:lion, bobcat:lynx head, golden retriever:dog, bulldog:dog, dachshund:dog,
    terrier:dog, labrador:dog, collie:dog, spaniel:dog, greyhound:dog, corgi:dog, pug:dog, husky:wolf head,
    mule:donkey, rhinoceros:bison, antelope:deer, gazelle:deer, yak:water buffalo, piglet:pig, hamster:mouse,
    guinea pig:mouse, chimpanzee:monkey, chimp:gorilla, lemur:monkey, weasel:otter, stoat:otter, ferret:otter,
    marten:otter, mink:otter, mongoose:otter, meerkat:squirrel, platypus:beaver, wombat:koala, sealion:seal, sea
    lion:seal, porpoise:dolphin, crayfish:lobster, pike:fish, tuna:fish, cod:fish, herring:fish, sardine:fish,
    mackerel:fish, sturgeon:fish, anchovy:fish, slug:snail, wasp:bee, hornet:bee, firefly:bug beetle,
    grasshopper:cricket, newt:lizard, iguana:lizard, alligator:crocodile, viper:cobra, python:snake, adder:snake,
    falcon:hawk emblem, kestrel:hawk emblem, osprey:hawk emblem, buzzard:hawk emblem, magpie:raven, jay:finch,
    robin:finch, wren:sparrow, tit:sparrow, swift:swallow, nightingale:sparrow, lark:sparrow, skylark:sparrow,
    pheasant:rooster, emu:ostrich, puffin:penguin, stork:heron, egret:heron, albatross:seagull,
    kingfisher:hummingbird, woodpecker:finch, kraken:octopus, yeti:gorilla, orchid:flower, thistle:flower,
    lavender:hyacinth, iris:flower, lilac:flower, peony:rose, dahlia:flower, edelweiss:flower, magnolia:flower,
    snowdrop:flower, bluebell:flower, cornflower:flower, marigold:sunflower, dandelion:flower, duckling:duck,
    tern:seagull, cormorant:raven, gannet:seagull, curlew:heron, lapwing:sparrow, thrush:blackbird,
    starling:blackbird, dromedary:camel, stallion:horse, mare:horse, cub:bear head, bear cub:bear head, lion
    cub:lion, fawn:deer, calf:cow, gosling:goose, cygnet:swan, owlet:owl, fox cub:fox, moth:butterfly, cedar:pine
    tree, cedar tree:pine tree, cypress:pine tree, cypress tree:pine tree, moss:fern, pomegranate:apple,
    cello:violin, pearl:scallop, clam:oyster, cuttlefish:octopus, catfish:fish, swordfish:fish, marlin:fish,
    vole:mouse, shrew:mouse, coyote:wolf head, jackal:wolf head, wallaby:kangaroo, aardvark:anteater,
    jackdaw:raven, martin:swallow, mallard:duck, quail:turkey, partridge:turkey, ivy:vine leaf, daffodil:flower,
    apricot:peach, fig:pear, blackberry:raspberry, gooseberry:blueberry, cranberry:cherry, turnip:beet, rolling
    pin:bread, tugboat:fishing boat, loom:spool, monocle:magnifying glass, gramophone:vinyl record,
    weathervane:rooster, dancer:ballerina shoe, ramen:noodle, teabag:tea, tea leaf:leaf, whale shark:shark,
    dune:desert, glacier:mountain, lake:wave, knight in armour:mounted knight, hairdryer:hair dryer, apron:chef
    hat, hoe:rake, anaconda:snake, boa:snake, angelfish:fish, barracuda:fish, bass:fish, haddock:fish,
    halibut:fish, tilapia:fish, guppy:fish, baboon:monkey, macaque:monkey, mandrill:monkey, marmoset:monkey,
    caribou:deer, roe deer:deer, impala:deer, gnu:bison, wildebeest:bison, ibex:goat, chamois:goat, doe:deer,
    okapi:giraffe, zebu:ox, chihuahua:dog, beagle:dog, sheepdog:dog, setter:dog, pointer:dog, mastiff:dog,
    rottweiler:dog, dalmatian:dog, whippet:dog, dingo:wolf head, wild dog:wolf head, warthog:boar, peccary:boar,
    chinchilla:mouse, gerbil:mouse, dormouse:mouse, lemming:mouse, muskrat:beaver, marmot:beaver,
    groundhog:beaver, prairie dog:squirrel, cicada:fly, flea:bug beetle, louse:bug beetle, termite:ant,
    locust:cricket, katydid:cricket, silk moth:butterfly, midge:mosquito, gnat:mosquito, cockle:shell,
    manatee:seal, dugong:seal, sea otter:otter, narwhal:whale, beluga:whale, polecat:skunk, opossum:mouse,
    possum:mouse, quokka:kangaroo, tasmanian devil:badger, wolverine:badger, honey badger:badger,
    echidna:hedgehog, condor:vulture, cuckoo:dove, snipe:heron, sandpiper:heron, plover:heron, avocet:heron,
    spoonbill:heron, grouse:turkey, guinea fowl:turkey, rook bird:raven, cardinal bird:finch, bluebird:finch,
    bullfinch:finch, chickadee:finch, petrel:seagull, cassowary:ostrich, roadrunner:ostrich, silkworm:worm, komodo
    dragon:lizard, caiman:crocodile, langoustine:lobster, ocelot:leopard, lynx cat:lynx head, caracal:lynx head,
    mountain lion:lion, dolphinfish:dolphin, basilisk:snake, sea snake:snake, pterodactyl:pterodactylus,
    bichon:poodle, labradoodle:poodle, acacia:tree, alder:tree, aspen:tree, ash tree:tree, elm:tree, poplar:tree,
    linden:tree, lime tree:tree, hawthorn:tree, hazel:tree, hornbeam:tree, larch:pine tree, redwood:pine tree,
    sequoia:pine tree, yew:pine tree, hemlock:pine tree, banyan:tree, mangrove:tree, eucalyptus:tree branch, olive
    tree:tree, cherry tree:tree, rowan:tree, sycamore:leaf maple, magnolia tree:tree, walnut tree:tree,
    jacaranda:tree, mulberry tree:tree, fig tree:tree, boxwood:shrub, gorse:shrub, blackthorn:shrub,
    bramble:raspberry, heather:flower, begonia:flower, anemone:flower, aster:daisy, camellia:rose,
    carnation:flower, chrysanthemum:daisy, chamomile:daisy, crocus:flower tulip, narcissus:flower,
    foxglove:hyacinth, fuchsia flower:flower, gardenia:flower, geranium:flower, gerbera:daisy, honeysuckle:flower,
    hydrangea:flower, lupin:hyacinth, lupine:hyacinth, delphinium:hyacinth, nasturtium:flower, oleander:flower,
    pansy:flower, petunia:flower, primrose:flower, protea:flower, rhododendron:flower, verbena:flower, violet
    flower:flower, forget me not:flower, wisteria:grape, amaranth:flower, buttercup:flower, zinnia:daisy,
    wildflower:flower, almond blossom:flower, apple blossom:flower, frangipani:hibiscus, plumeria:hibiscus,
    hibiscus flower:hibiscus, mimosa:tree branch, mistletoe:tree branch, holly:tree branch, juniper:tree branch,
    myrtle:tree branch, rosemary:herb, thyme:herb, sage plant:herb, basil:herb, oregano:herb, dill:herb,
    parsley:herb, coriander:herb, nettle:leaf, bracken:fern, lichen:fern, horsetail:fern, kelp:fern, seaweed:fern,
    reed grass:reed, sedge:reed, pampas grass:reed, aloe:agave, aloe vera:agave, yucca:agave, succulent:agave,
    rubber plant:plant, monkey puzzle:pine tree, juniper berry:blueberry, juniper berries:blueberry, rye:wheat,
    millet:wheat, sorghum:wheat, saffron crocus:flower, clematis:flower, sunflower seed:sunflower, tobacco
    leaf:leaf, adze:axe, mattock:pickaxe, auger:drill, awl:needle, gimlet:drill, jackhammer:drill, bobbin:spool,
    shuttle loom:spool, distaff:spool, spindle:spool, caliper:ruler, plumb line:drop, plumbline:drop, hacksaw:hand
    saw, lathe:gear, lawnmower:grass, mallet:toy mallet, sledgehammer:hammer, gavel hammer:gavel, potter's
    wheel:amphora, pottery wheel:amphora, pulley:pulley hook, rasp:file, roller:paint roller, scoop:ice cream
    scoop, sieve:cooking pot, colander:cooking pot, thimble:spool, tongs:scissor, tweezers:scissor,
    secateurs:scissor, pruning shears:scissor, sheep shears:scissor, vise:clamp, vice clamp:clamp,
    barometer:gauge, weather vane:rooster, wind vane:rooster, blowtorch:flame, torch flame:torch,
    quadrant:sextant, kiln:furnace, forge:anvil, smelter:furnace, crucible:cauldron, churn:barrel, butter
    churn:barrel, milk churn:barrel, still:alembic, copper still:alembic, pot still:alembic, distillery
    still:alembic, samovar:teapot leaf, cafetiere:coffee pot, french press:coffee pot, espresso machine:coffee
    pot, coffee machine:coffee pot, percolator:coffee pot, espresso:coffee, cappuccino:coffee, latte:coffee,
    coffee grinder:manual meat grinder, pepper mill:manual meat grinder, carafe:jug, decanter:jug, pitcher:jug,
    gourd:jug, sugar bowl:bowl, plate:bowl, dish:bowl, salad bowl:bowl, tagine:cooking pot, casserole:cooking pot,
    skillet:pan, griddle:pan, tea towel:towel, picnic basket:basket, hamper:basket, wicker basket:basket,
    thermos:flask, hookah:smoking pipe, shisha:smoking pipe, water pipe:smoking pipe, ashtray:cigar,
    bonfire:campfire, brazier:campfire, hearth:fireplace, abbey:church, priory:church, monastery:church,
    steeple:church, spire:church, belfry:church, bell tower:church, campanile:church, minaret:mosque,
    amphitheatre:coliseum, amphitheater:coliseum, bungalow:house, chalet:wood cabin, lodge:wood cabin,
    millstone:windmill, flour mill:windmill,
    villa:house, manor:house, mansion:house, farmhouse:barn, barnhouse:barn, townhouse:building, terrace
    house:building, half timbered house:house, beach hut:hut, gazebo:building pavilion, bandstand:building
    pavilion, pergola:building pavilion, quay:wooden pier, jetty:wooden pier, harbour:anchor, harbor:anchor,
    marina:anchor, viaduct:arch bridge, footbridge:bridge, covered bridge:bridge, ziggurat:pyramid,
    mausoleum:greek temple, lock gate:gate, cairn:stone, canyon:mountain, ravine:mountain, fjord:mountain, sand
    dune:desert, geyser:fountain, hot spring:fountain, spring water:drop, puddle:drop, grain silo:silo, telephone
    box:phone, phone box:phone, red phone box:phone, bus shelter:bus stop, market stall:storefront, food
    stall:storefront, kiosk:storefront, circus:circus tent, merry go round:carousel horse, playground:kid slide,
    maypole:ribbon, scaffold:ladder, treehut:treehouse, observatory dome:observatory, tulip field:flower tulip,
    vineyard:grape, orchard:apple, meadow:grass, olive grove:olive, nectarine:peach, papaya:avocado, quince:pear,
    persimmon:tomato, damson:cherry, currant:cherry, redcurrant:cherry, sloe:blueberry, mulberry:raspberry,
    boysenberry:raspberry, lychee:cherry, guava:pear, grapefruit:orange slice, mandarin:orange slice,
    clementine:orange slice, bergamot:lemon, yuzu:lemon, citron:lemon, date fruit:olive, walnut:nut,
    hazelnut:acorn, cashew:peanut, pistachio:nut, pecan:nut, macadamia:nut, cauliflower:broccoli, lettuce:cabbage,
    spinach:leaf, celery:leek, fennel:leek, parsnip:carrot, sweet potato:potato, yam:potato, shallot:onion,
    zucchini:cucumber, courgette:cucumber, squash:pumpkin, gourd vegetable:pumpkin, lentil:bean, chickpea:bean,
    soybean:bean, kidney bean:bean, truffle:mushroom, porcini:mushroom, morel:mushroom, radicchio:cabbage,
    okra:chili hot, jalapeno:chili hot, paprika:bell pepper, mustard:jar, jam jar:jar, jam:jar, marmalade:jar,
    honey:honey jar, syrup:honey jar, scone:cupcake, brownie:cake, gingerbread:cookie man, macaron:cookie,
    macaroon:cookie, biscuit:cookie, shortbread:cookie, eclair:croissant, strudel:croissant, crepe:pancake, apple
    pie:pie, tart:pie, quiche:pie, cheesecake:cake slice, gingerbread house:house, tiramisu:cake slice,
    baklava:cake slice, pudding:cupcake, yogurt:jar, tofu:cheese, omelette:egg fried, lasagne:spaghetti,
    lasagna:spaghetti, ravioli:dumpling, gyoza:dumpling, pierogi:dumpling, samosa:dumpling, empanada:dumpling,
    bao:dumpling bao, bao bun:dumpling bao, ramen bowl:noodle, pho:noodle, shawarma:kebab, gyro:kebab,
    doner:kebab, skewer:sausage, salami:sausage, bratwurst:sausage, chorizo:sausage, ribs:steak, brisket:steak,
    fajita:taco, quesadilla:taco, tortilla:taco, paella pan:pan, caramel:candy, toffee:candy, fudge:chocolate bar,
    nougat:candy, gummy bear:candy, cinnamon:tree branch, cinnamon stick:tree branch, vanilla:flower, nutmeg:nut,
    clove:flower, star anise:star, hummus:bowl, ice lolly:popsicle, gelato:ice cream, sundae:ice cream,
    smoothie:cup soda, lemonade:cup soda, tequila:bottle, vodka bottle:bottle, whisky bottle:bottle, rum
    bottle:bottle, gin bottle:bottle, whisky glass:glass, champagne flute:champagne, champagne glass:champagne,
    martini glass:glass cocktail, margarita:glass cocktail, bread loaf:bread, sourdough:bread, brioche:bread,
    bun:bread, bread roll:bread, ciabatta:bread, focaccia:bread, flatbread:pizza, naan:pizza, barge:boat, canal
    boat:boat, narrowboat:boat, narrow boat:boat, houseboat:boat, dinghy:sailboat, catamaran:sailboat,
    schooner:caravel, clipper:caravel, tall ship:caravel, frigate:caravel, brigantine:caravel, junk boat:sailboat,
    dhow:sailboat, felucca:sailboat, trawler:fishing boat, fishing trawler:fishing boat, tug boat:fishing boat,
    freighter:cargo ship, container ship:cargo ship, tanker:cargo ship, cruise ship:ship, ocean liner:ship,
    liner:ship, steamship:ship, hovercraft:ferry, jet ski:speed boat, motorboat:speed boat, lifeboat:boat, coach
    bus:bus, minibus:van, camper van:van, campervan:van, motorhome:van, ice cream truck:van, dumper:truck, combine
    harvester:tractor, limousine:car, convertible:car, roadster:car, sports car:car, racing car:car, vintage
    car:car, classic car:car, beetle car:car, mini cooper:car, jeep:car, suv:car, off roader:car, quad
    bike:motorcycle, quad:motorcycle, vespa:scooter, tricycle:bicycle, trike:bicycle, cargo bike:bicycle,
    tandem:bicycle, penny farthing bicycle:velocipede, carriage:old wagon, horse carriage:old wagon,
    stagecoach:old wagon, covered wagon:old wagon, ski lift:cable car, funicular:cable car, monorail:train, bullet
    train:train, high speed train:train, metro train:train, tank:battle tank, seaplane:biplane,
    paraglider:parachute, rollerskate:roller skate, segway:scooter, rudder:ship wheel, tiller:ship wheel,
    mast:sailboat, lifebelt:lifebuoy, balalaika:guitar acoustic, lute:guitar acoustic, oud:guitar acoustic,
    mandolin:guitar acoustic, ukulele:guitar acoustic, bouzouki:guitar acoustic, sitar:guitar acoustic,
    bandurria:guitar acoustic, zither:harp, dulcimer:harp, kora:harp, koto:harp, psaltery:lyre, double
    bass:violin, contrabass:violin, erhu:violin, hurdy gurdy:violin, oboe:clarinet, recorder:flute, piccolo:flute,
    tin whistle:flute, shakuhachi:flute, didgeridoo:flute, bandoneon:accordion, concertina:accordion,
    melodeon:accordion, squeezebox:accordion, harmonica:accordion, cornet:trumpet, flugelhorn:trumpet,
    sousaphone:tuba, euphonium:tuba, alphorn:hunting horn, shofar:hunting horn, bongo:drum, bongos:drum,
    conga:drum, tabla:drum, timpani:drum, snare drum:drum, bodhran:drum, cajon:drum, cymbal:drum,
    castanets:maraca, glockenspiel:xylophone, marimba:xylophone, vibraphone:xylophone, kalimba:xylophone,
    mbira:xylophone, harpsichord:piano, synthesizer:piano, synth:piano, keyboard instrument:piano,
    phonograph:vinyl record, jukebox:vinyl record, tuning fork:music note, sheet music:music note, violin
    bow:violin, steelpan:drum, steel drum:drum, angel:angel wing, archangel:angel wing, seraph:angel wing,
    demon:devil mask, devil:devil mask, satan:devil mask, cerberus:wolf head, chimera:lion, manticore:lion,
    faun:goat, satyr:goat, hippocampus:seahorse, selkie:seal, jackalope:rabbit, leprechaun:clover, leviathan:sea
    serpent, loch ness monster:sea serpent, nessie:sea serpent, sea monster:sea serpent, merman:mermaid,
    nymph:mermaid, naiad:mermaid, dryad:tree, green man:leaf, ent:tree, pixie:fairy, sprite:fairy, gnome:dwarf
    face, gremlin:imp, orc:orc head, kobold:imp, valkyrie:viking helmet, odin:raven, thor:thor hammer,
    hercules:lion, hermes:caduceus, mercury god:caduceus, apollo:lyre, athena:owl, ra:sun, ganesha:elephant,
    garuda:eagle emblem, simurgh:phoenix, roc:eagle emblem, quetzalcoatl:snake, bigfoot:gorilla, loong:dragon,
    baba yaga:witch flight, banshee:ghost, phantom:ghost, poltergeist:ghost, reaper:skull, atlas titan:globe,
    acrobat:circus tent, alchemist:alembic, architect:compass, artist:palette, ballet dancer:ballerina shoe,
    barista:coffee, bartender:glass cocktail, bricklayer:trowel, mason:trowel, bullfighter:charging bull,
    matador:charging bull, cobbler:boot, shoemaker:boot, cowgirl:cowboy hat, gaucho:cowboy hat, ranger:cowboy hat,
    drummer:drum, drummer boy:drum, explorer:compass, falconer:hawk emblem, firefighter:fire hydrant, fireman:fire
    hydrant, fortune teller:crystal ball, gardener:shovel, golfer:golf, guitarist:guitar, gunslinger:cowboy hat,
    hunter:bow arrow, jockey:horse, judge:gavel, lumberjack:axe, woodcutter:axe, mechanic:wrench, miner man:mining
    helmet, musician:music note, optician:eyeglasses, painter:paint brush, poet:quill, writer:quill,
    policeman:police officer head, policewoman:police officer head, police officer:police officer head,
    postman:envelope, mailman:envelope, potter:amphora, priest:church, princess:crown, prince:crown,
    professor:graduation cap, puppeteer:puppet, sculptor:chisel, sheriff:star, shepherd:sheep, shepherdess:sheep,
    singer:microphone, soldier:helmet, sower:seed, surgeon:stethoscope, doctor figure:stethoscope, tailor:scissor,
    seamstress:needle, waiter:tray, waitress:tray, butler:tray, warrior:spartan helmet, weaver:spool,
    welder:flame, wrestler:luchador, geisha:fan, matryoshka figure:matryoshka doll, chimney sweep:brush, plumber
    figure:wrench, electrician figure:plug, baker figure:chef hat, astronomer:telescope, captain's hat:captain hat
    profile, diver helmet:diving helmet, knight in armor:mounted knight, gymnast:gymnastics, cricketer:cricket
    bat, footballer:soccer, boxer:boxing glove, swimmer girl:person swim, cheerleader:megaphone,
    skateboarder:skateboarding, beret:hat fedora, trilby:hat fedora, panama hat:hat fedora, straw hat:hat fedora,
    sun hat:hat fedora, bonnet:hat fedora, flat cap:billed cap, bobble hat:winter hat, necktie:tie, kilt:skirt,
    sarong:skirt, sari:dress, gown:dress, wedding dress:dress, jumper:shirt, pullover:shirt, cardigan:shirt,
    sweater:shirt, jeans:trouser, dungarees:trouser, moccasin:shoe, trainer shoe:sneaker, bracelet:ring,
    bangle:ring, brooch:gem, pendant:necklace, locket:necklace, trunk luggage:suitcase, satchel:briefcase,
    rucksack:backpack, tote bag:handbag, pince nez:eyeglasses, curler:comb, nail polish:lipstick, doorknob:door
    handle, knocker:door handle, door knocker:door handle, shelf:library shelf, bookcase:library shelf, rocking
    horse:horse, crib:cradle, carpet:rug, tapestry:rug, inkwell:quill ink, ink pot:quill ink, postcard:post stamp,
    blackboard:chalkboard, chalk:pencil, crayon:pencil, grandfather clock:clock, movie camera:video camera,
    wishbone:bone, dreamcatcher:spider web, amulet:necklace, rosary:necklace, lance:spear, pike weapon:spear,
    javelin:spear, discus:disc golf basket, armour:breastplate, armor:breastplate, suit of armor:breastplate,
    hurdle:fence, trampoline:spring, goalpost:goal, goal post:goal, lacrosse stick:tennis racket, yoga mat:rug,
    billiard ball:billiard, skittle:bowling pin, bocce:bowling ball, petanque:bowling ball, yo yo:spinning top,
    swing:tree swing, jack in the box:puppet, teddy:teddy bear, kaleidoscope:flower, music stand:music note, phone
    booth:phone, totem pole:totem, tiki:totem, tiki mask:totem, nazar:eye, evil eye:eye, hamsa:hand,
    kokeshi:matryoshka doll, daruma:matryoshka doll, maneki neko:cat, lucky cat:cat, koinobori:fish, zen
    garden:stone, ring of fire:fire, jigsaw:puzzle, treasure:treasure chest, constellation:star, star of
    bethlehem:star, northern light:star, northern lights:star, milky way:galaxy, frost:snowflake, ice:snowflake,
    blizzard:snowflake, icicle:snowflake, avalanche:mountain, dew:drop, dewdrop:drop, drizzle:cloud rain,
    monsoon:cloud rain, thunderstorm:cloud lightning, tide:wave, whirlpool:big wave, stream:river, creek:river,
    brook:river, whirl:tornado, halo:sun, sunray:sun, horizon:sun horizon, ember:flame, spark:flame, macaw:parrot,
    cockatoo:parrot, parakeet:parrot, budgie:parrot, alpaca:llama, jaguar:leopard, cheetah:leopard,
    poseidon:trident, neptune:trident, zeus:zeus sword, cowboy:cowboy hat, ballerina:ballerina shoe,
    samurai:samurai helmet, gladiator:gladius, sailor:captain hat profile, dracula:vampire dracula,
    vampire:vampire dracula, queen:queen crown, jester:jester hat, monk:monk face, nun:nun face, lamassu:egyptian
    sphinx, thunderbird:phoenix, firebird:phoenix, stonehenge:dolmen, portcullis:dungeon gate, gatehouse:castle,
    berry:raspberry, bramble berry:raspberry, kookaburra:hummingbird, sakura:flower, shed:barn, barber pole:comb,
    juggler:circus tent, scientist:microscope, harvester machine:tractor, stump:log, tree stump:log"""
)
