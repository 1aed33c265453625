"""Trade talk and idioms: phrases whose words are not meant as things."""

from typing import Final

IDIOMS: Final = """cost an arm and a leg, an arm and a leg, arm and a leg, knock their sock off, sock off,
    right on the money, on the money, with punch, with more punch, killer branding, killer brand, killer logo,
    killer app, killer design, killer feature, killer look,
    kick ass, kick arse, bad ass, badass, eye catching, eye catcher, eye candy, catch the eye, catches the eye, catch
    eye, easy on the eye, strong hook, great hook, good hook, catchy hook, marketing hook, emotional hook, a real
    hook, visual hook, story hook, hook people, hook customer, hook the customer, hook the reader, hook for the
    audience, hook the viewer, hooked on, off the hook, by hook or by crook, the spirit of, in the spirit of, spirit
    of the, free spirit, team spirit, pioneering spirit, community spirit, in good spirit, high spirit,
    entrepreneurial spirit, low hanging fruit, out of the box, outside the box, outside of the box, think big, stand
    out from the crowd, stand out, leader of the pack, ahead of the pack, bell and whistle, bells and whistles, put
    us on the map, put it on the map, on the map, bang for the buck, bang for your buck, on brand, off brand, brand
    bible, brand dna, in our dna, dna of our, dna of the, at the heart of, heart of the city, heart of the town,
    heart of the, at heart, heart and soul, heart of gold, from the heart, by heart, whole heart, young at heart,
    wear our heart,
    bridge the gap, bridging the gap, bridge between, a bridge between, build bridge, building bridge, key to
    success, key message, key visual, key player, key value, key feature, key word, keyword, key point, the key
    thing, key element, low key, off key, in a key, anchor tenant, anchor text, rock solid, solid as a rock, rock
    star, rockstar, rock bottom, wow factor, x factor, golden ratio, golden rule, golden age, golden opportunity,
    silver lining, silver bullet, magic bullet, silver screen, ball park, ballpark, on the ball, keep the ball
    rolling, hit the nail on the head, nail it, nails it, nail the brief, hit home, feel at home, close to home, home
    page, homepage, landing page, launch pad, launchpad, rocket science, not rocket science, the sky is the limit,
    sky is limit, blue sky thinking, light touch, light hearted, lighthearted, light weight, lightweight,
    by the book, one for the book, piece of cake, icing on the cake, cherry on top, cherry on the cake, cherry on the
    top, bread and butter, hot potato, big fish in, big fish, plenty of fish, bee knee, cat whisker, elephant in the
    room, white elephant, dark horse, one trick pony, hold your horse, horse power, horsepower, straight from the
    horse mouth, bull market, bear market, bear in mind, bear with us, bear with me, bear the name, bear our name,
    bear no, wild goose chase, early bird, bird eye view, birds eye view, night owl, fat cat, copy cat, copycat, cool
    cat, top dog, underdog, under dog, lone wolf, snake oil, red herring, black sheep of, crocodile tear, lion share,
    the lion share, monkey business, cash cow, sacred cow, guinea pig for, watch out, watch this space, fire up, on
    fire, spark joy, spark interest, spark curiosity, spark conversation, crown jewel, star quality, five star, 5
    star, four star, all star, rising star, star of the show, guiding star, star rating, star product, hand in hand,
    hand picked, handpicked, hand on, hands on, first hand, on hand, by hand, at hand, helping hand, in safe hand,
    safe pair of hand, at first hand, face of the, face lift, facelift, face to face, about face, an eye for, eye for
    detail, eye to eye, ear for, mouth watering, word of mouth, tongue in cheek, foot in the door, cutting edge,
    leading edge, bleeding edge, edge over, razor sharp, razor edge, sweet spot, spot on, target audience, target
    group, target market, on target, bull eye, deadline, flagship, flag ship, carry the torch, torch bearer, tip of
    the iceberg, make wave, making wave, new wave, ride the wave, brain storm, brainstorm, brain child, brainchild,
    brain trust, perfect storm, by storm, crystal clear, crystal ball, smoke and mirror, window to, window of
    opportunity, open door, door opener, carbon footprint, digital footprint, small footprint, footprint in, stepping
    stone, career ladder, climb the ladder, property ladder, missing piece, puzzle piece of, common thread, red
    thread, fabric of, deep root, grass root, grassroots, root in, roots in, seed money, seed funding, seed round,
    plant a seed, branch out, branches in, our branch, several branch, turn over a new leaf, leaf through, high key,
    nut and bolt, nuts and bolts, gear up, geared to, geared toward, hammer home, same page, on the same page, ring a
    bell, buzz word, buzzword, chain store, chain of, chain of shop, chain of restaurant, food chain, shell company,
    gold standard, gold mine, goldmine, diamond in the rough, hidden gem, pearl of wisdom, tree structure, pipeline,
    sales funnel, elevator pitch, drive sale, drive traffic, drive engagement, drum up, bandwagon, top notch, bar
    none, raise the bar, set the bar, cross platform, cross selling, box office, tick the box, tick all the box, tick
    all box, check all the box, black box, mail box, playing field, level playing field, game changer, game changing,
    game plan, play on word, wordplay, ice breaker, break the ice, snowball effect, domino effect, butterfly effect,
    halo effect, ripple effect, bottleneck, pillar of the, cornerstone, corner stone, milestone, land mark, tell a
    story, telling a story, tells a story, tell our story, our story, paint a picture, big picture, the bigger
    picture, picture perfect, clear picture, bigger picture, in the picture, frame of mind, framework, frame work,
    mind set, mindset, mind blowing, peace of mind, state of mind, state of the art, work of art, mark that pop, make
    a mark, makes its mark, leave a mark, hit the mark, hits the mark, make our mark, make your mark, on the mark,
    trade mark, trademark, mark my word, pop up shop, pop up store, pop up, pop culture, pop corn, top of mind, top
    of the line, top of the range, out of this world, world class, in the world, of the world, all over the world,
    around the world, world of, second to none, down to earth, earth friendly, salt of the earth, worth its salt,
    grain of salt, moving mountain, move mountain, sea of, sea change, tide turning, tip the scale, at scale, scale
    up, large scale, small scale, full scale, scaleable, scalable, economies of scale, on a large scale, off the
    shelf, off the chart, off the wall, wall to wall, through the roof, under one roof, under the roof, roof over,
    red carpet, red tape, green light, green fingers, in the black, in the red, black and white thinking, once in a
    blue moon, shoot for the moon, to the moon, reach for the star, sun kissed, day in the sun, under
    the sun, in the spotlight, steal the spotlight, limelight, take the cake, sells like hot cake, one stop shop,
    jack of all trade, sharp as a knife, swiss army knife, swiss knife, double edged sword, knight in, spearhead,
    spear head, bulletproof, bullet proof, bullet point, smoking gun, long shot, one shot, big shot, give it a shot,
    big gun, fire power, booming, bomb, dynamite look, explosive growth, blow away, blow us away, blow your mind,
    blow mind, knock out, knockout, knock your socks off, knock our socks off, punchy, pack a punch, packs a punch,
    heavyweight, heavy weight, ace up, house style, in house, inhouse, household name, full house, house of brand,
    open house, powerhouse, power house, corner shop feel, in a nutshell, on the house, the whole package, full
    package, package deal, whole nine yards, go the extra mile, extra mile, walk the walk, talk the talk, fast lane,
    road map, roadmap, road to success, on the road, middle of the road, journey of, customer journey, user journey,
    journey, train of thought, on track, track record, fast track, back on track, in the same boat, whatever floats,
    plain sailing, smooth sailing, ship shape, shipshape, run a tight ship, jump ship, all hands on deck, deep dive,
    dive into, dive in, hot spot, hotspot, cool factor, chill vibe, good vibe, vibe, swag, cream of the crop, cream
    of, half baked, recipe for success, secret sauce, special sauce, secret ingredient, spice up, spice it up, spice
    of life, food for thought, feast for the eye, feast for, taste of, a taste of, flavour of, flavor of, fresh take,
    fresh look, wind of change, winds of change, breath of fresh air, on cloud nine, cloud nine, rain or shine, calm
    before the storm, piece of the pie, slice of the pie, bite size, bite sized, nugget, cookie cutter, clip art,
    clipart, stock icon, eye level, brand ambassador, brand voice, voice of, tone of voice, sound bite, corner of the
    app, app corner, corner of the screen, mobile first, dog fooding, cat and mouse game, bug fix, bug tracking, bug
    report, school of thought, old school, oldschool, high school feel, back to school, time to shine, shine through,
    shines through, shine, reflects our, reflect our, mirror image, mirrors our, speak volume, speaks volume, loud
    and clear, music to, in tune with, in tune, strike a chord, hits a chord, trump card, play our card, on the
    cards, wild card, wildcard, house of cards, score point, win win, home run, touch base, cover all bases, cover
    base, curve ball, slam dunk, kick off, kickoff, goal of, our goal, the goal, main goal, goals, at the end of the
    day, day to day, around the clock, round the clock, against the clock, like clockwork, about time, time frame, in
    time, stamp of approval, seal of approval, seal the deal, sealed with, stamp its authority, put a stamp on, sign
    off, sign up, sign of quality, vital sign, dollar sign feel, ear to the ground, breaking ground, ground breaking,
    groundbreaking, common ground, from the ground up, light at the end of, light bulb moment, lightbulb moment,
    bright idea, big idea, core idea, the idea is, idea behind, an idea of, switch on, plug and play, power up,
    energy boost, full of energy, energetic, high energy, positive energy, battery of test, engine of growth, growth
    engine, growth hacking, growth, engine room, well oiled machine, cog in, wheel house, reinvent the wheel, re
    invent the wheel, at the wheel, behind the wheel, steer us, steering committee, drive thru, drive through, drive
    change, driving force, take a look at, take a look"""

POPS: Final = """make it pop, makes it pop, mark that pop, logo that pop, design that pop, really pop, that pop,
    should pop, must pop, pop off the page, pop off the screen, pop off the shelf, pop more, pop out, with some pop,
    needs to pop, need it to pop, want it to pop, to pop, make it stand out, jump off the page, pop"""

# Words that are talk where one of the others stands near.
NEAR: Final[dict[str, str]] = {
    "bug": "corner screen app video channel broadcast tv stream watermark software code tracking logo",
    "chip": "fish",
    "mole": "skin dermatology dermatologist",
    "rock": "indie band concert punk",
    "scale": "piano guitar violin theory",
    "mint": "condition",
    "coach": "life career executive business",
    "ivory": "tower",
    "plum": "job",
    "jam": "session jazz gig band",
    "plant": "power chemical sewage nuclear bottling treatment manufacturing",
    "hook": "strong marketing catchy viral customer audience emotional story great viewer memorable visual",
    "mouse": "click computer pad keyboard",
    "mark": "strong great simple new bold clean unique timeless memorable that",
    "glyph": "strong simple app",
    "pitch": "investor deck elevator sales",
    "cookie": "browser banner consent",
    "spine": "book brand",
    "hero": "image section shot",
    "bleed": "print margin",
    "slug": "url print",
    "spirit": "same sixties seventies twenties team free youth era age adventure pioneering community that",
    "spring": "collection season clean",
    "fan": "base club football sports our",
    "killer": "branding brand look logo design feature app mark idea identity",
    "sick": "branding look logo design",
    "ram": "memory gb module",
    "pop": "colour color shelf page screen",
    "anchor": "brand tenant",
    "angle": "marketing sales new",
    "punch": "visual more enough",
    "edge": "cutting competitive",
    "bite": "more visual",
    "soul": "brand our with",
    "face": "brand company public",
    "voice": "brand tone",
    "story": "brand tell our",
    "target": "audience market group customer",
    "buzz": "create online social",
    "bang": "visual with",
    "fire": "branding design look absolutely",
}

# What image models are fed: said about pictures, not about logos.
TAGS: Final = """4k, 8k, 16k, hd, uhd, ultra hd, full hd, masterpiece, best quality, high quality, highest quality,
        top quality, highly detailed, ultra detailed, extremely detailed, insanely detailed, intricate detail,
        trending on artstation, trending on behance, trending on dribbble, artstation, artstation hq, deviantart,
        behance, dribbble, octane render, octane, unreal engine, unreal engine 5, unreal, cinema 4d, blender render,
        ray tracing, raytracing, ray traced, volumetric lighting, cinematic lighting, studio lighting, global
        illumination, photorealistic, hyperrealistic, hyper realistic, photo realistic, sharp focus, depth of field,
        bokeh, dslr, award winning, high resolution, high res, hi res, highres, hires, svg, vector art, vector
        graphic, vector style, vector image, stable diffusion, midjourney, dall e, sdxl, flux dev, raw photo,
        professional photography, cinematic, epic composition, by greg rutkowski, greg rutkowski, alphonse mucha
        style, concept art, digital art, shutterstock, stock photo, adobe illustrator, illustrator file, figma, png,
        jpg, jpeg, pdf, eps, transparent png, 300 dpi, 300dpi, 72 dpi, uncropped, no watermark, absurdres, 1girl,
        solo, lora, score 9, newest, very aesthetic, aesthetic, isolated on white, clean vector, flat vector, print
        ready, scalable vector"""
