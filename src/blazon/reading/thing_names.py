"""What things are called: names of pictures that are trades, or no things at all."""

from typing import Final

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
    nursery observatory aquarium office oil
    organic paper parade paragliding park parking party people person pet pharmacy photo
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
    observatory aquarium
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

# Of those, what is a thing beside another one: `an archer with a target`.
AMBIGUOUS: Final = frozenset(
    """arm award bass card chip cross disc dish drill fist fly glass jam letter light mail match mine pick plate
    post ring ripple roller seat sign siren spring stamp stick tank tap target tart tide tie web well wire""".split()
)
