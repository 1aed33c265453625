"""Which icons of an interface set could be a logo, and which of those must be asked for by name."""

import re
from itertools import pairwise
from typing import Final

# Words that mark a state or a control of an interface, wherever they stand in a name.
_CONTROLS: Final = frozenset(
    """
    off plus minus x alert edit cog remove arrow arrows sync settings cancel pause question exclamation slash warning
    refresh add delete upload download export import dashed dotted charging strength sort align chevron chevrons caret
    cursor toggle menu text format font letter letters number numeric alpha roman keyboard scroll resize move rotate
    flip zoom select selection selected filter list grip drag drop-zone swipe tap click pointer forward backward
    rewind skip eject shuffle repeat replay reply undo redo restore clear backspace layout sidebar panel navbar column
    columns row rows cell dock window windows browser tab tabs table pagination dialog tooltip widget dropdown
    checkbox radio spinner loader loading login logout signin signout notification badge-account wrap indent outdent
    paragraph superscript subscript underline strikethrough italic bold header heading hide show hidden visible expand
    collapse fullscreen maximize minimize screenshot crop blur gradient opacity exposure contrast brightness iso hdr
    aspect ratio overscan subtitles caption transcribe input output unknown info information help bluetooth wifi gps
    nfc 2g 3g 4g 5g 6g lte hdmi usb ethernet sim signal battery emoticon emoji wireless-charging http api json xml
    html css sql php jsx tsx csv pdf docx xls ppt git merge git-fork commit pull branch-git diff regex null variable
    function bracket brackets braces parentheses keyframe keyframes keyframe-align timeline axis skew bezier
    anchor-point frame-rate fps rounded-corner bottombar placeholder mark-as unread inbox outbox draft clipboard paste
    copy cut-out duplicate link unlink hyperlink attachment paperclip bookmark kanban gantt schema sitemap subtask
    checklist ballot form textbox password autocomplete captcha barcode qrcode qr scan scanner focus viewfinder
    viewport metering autofocus shutter flash-off vibrate ringer silent mute unmute volume dots ellipsis more apps
    grid hashtag hash percent percentage at asterisk ampersand slash-forward equal equals not-equal greater less
    plus-minus divide division multiplication exponent decimal hexadecimal binary fraction integral sum sigma
    delta-math root-square tilde comma colon semicolon quotes quote currency-sign abjad syllabary translate alphabet a
    b c d e f g h i j k l m n o p q r s t u v w y z ascending descending increase decrease incoming outgoing missed
    disconnected disabled enabled inactive broken void sensor thermostat humidifier vent radiator-disabled outlet
    socket hvac roller-shade blinds switch buttons button auto closed-caption artboard vector spline trademark
    copyright copyleft registered servicemark creative-commons commons relation debug terminal-window console-line
    step trending rights ev-plug expansion pcb-header discount split converge diverge swap exchange transfer from to
    join cancelled paused played account user users person-add contacts face-id face-recognition hat-account label-off
    device devices cellphone smartphone tablet ipad imac monitor desktop monitor-dashboard laptop-account file files
    folder folders page pages document documents note-text message-text calendar border borders corner corners radius
    inner-shadow ease tallymark tally topology time-duration circuit-ground lan up down left right top bottom north
    south east west enter exit on log-in log-out picture-in-picture pilcrow baseline stroke sketching marquee
    mobiledata zzz uhd iteration touchpad voicemail case-upper case-lower gate-and gate-or gate-not gate-nor gate-nand
    gate-xor gate-xnor network-pos midi-port record-mail publish looks multicast tilt-shift perspective snapping
    proportions view versions versus vs reorder queue dial-padlock dialpad webhook captions voice timezone
    status-change squares-subtract squares-exclude 12 24 404 error selection-box picture transform template error-404
    typeface type ligature whole-word pan elevation multiplier fan-speed led-strip printer-pos lightbulb-on
    invert-colors noise-reduction find-replace priority identifier new-box new-section open-in-app open-in-new
    package-down ocr offer ip nas rest-half music-rest horizontal vertical small thin thick narrow wide fahrenheit
    celsius kelvin toothbrush-electric
    """.split()
)

# Controls that are plain pictures when nothing else is said, or in these names.
_KEPT: Final = frozenset(
    """
    link laptop terminal code branch git-branch paperclip quote quotes bookmark clipboard table calendar note document
    scroll cloud-upload cloud-download upload percent barcode radio keyboard shield-check seal-check monitor desktop
    sigma integral sum asterisk ampersand hash hashtag at user users grid keyboard-piano signal wifi broadcast
    letter-opener ship-wheel arrow-bow bow-arrow archer-arrow copy table-tennis table-furniture coffee-table
    table-picnic picnic-table table-chair table-lamp round-table text-book switchblade barn-door shield-lock
    shield-star shield-half file-cabinet window window-open greenhouse-window radio-tower fork-knife solar-panel pan
    tap cell-tower charging-station chart-line-up trend-up chat-circle chats-circle chat-teardrop chats-teardrop
    translate users-three t-shirt vinyl-record pan-tool frying-pan image magnifying-glass person-simple-run
    person-simple-swim battery-charging map-pin pot-steam hand-tap spark pan-steam sneaker-move silverware-fork-knife
    silverware-fork silverware-variant tap-water battery-full radio-antenna grid-nine chart-line book-bookmark
    bookmark-book sim-card vote ballot fan-blade rocket-launch shirt-t water-tap cable-tap person-simple-bike
    person-simple-hike person-simple-ski person-simple-snowboard dial-clock person-simple-throw person-simple-tai-chi
    lightning-bolt home-lightning-bolt star-four flower-pollen thumbs-up thumb-up mail bird-house sunrise top-hat
    spinning-top north-star ladle tank-top big-top hand-pointing drag-race scroll-unfurled scroll-quill tied-scroll
    badge battery battery-pack frame
    """.split()
)

# Trade marks and characters: shapes that belong to someone.
_MARKS: Final = frozenset(
    """
    airbnb airplay airpods airtag alexa amazon android angular apache apple-logo appstore arch-linux artstation asana
    atlassian aws azure babel bandcamp basecamp battlenet behance bing bitbucket blackberry blender-software blogger
    bootstrap box-logo brand buffer cash-app chrome chromecast cloudflare codepen codesandbox coda coinbase converse
    cadillac couchbase creative-commons-logo css3 debian delicious deno deviantart digg digital-ocean discord disqus
    django docker dolby dot-net dribbble drizzle drone-ci dropbox drupal edge electron-framework elementor ember
    envato eslint etsy evernote facebook fediverse figma finn firebase firefox flattr flickr foursquare framer freebsd
    gatsby gentoo github gitlab gmail gnome goodreads google gopro graphql gravatar grav hackernews hangouts hbo
    hololens html5 hubspot hulu humble ie imdb infiniti instagram intel internet-explorer invision java javascript
    jeep jellyfish-app jira jquery jsfiddle kickstarter kodi kubernetes ladybug-logo laravel lastfm lego line-app
    linkedin linktree linux linux-mint litecoin macos magento mailchimp mapbox markdown mastodon material-design
    matrix-logo mcdonald medium-logo messenger meta michelin mickey microsoft mixcloud mongodb mozilla mysql neovim
    netbeans netflix netlify nextcloud nextjs nintendo nodejs notion npm nuxt nvidia ny-times nytimes octagram-logo
    odnoklassniki office office365 onedrive onlyfans open-ai openai opensource openid opera outlook pac-man pacman
    pandora patreon paypal periscope phosphor-logo photoshop pinterest pix plex pocket pokeball pokemon playstation
    polymer powershell python qqchat raspberry-pi react reddit redhat replit roku rollupjs rapidshare ubisoft
    ruby-on-rails rust safari salesforce samsung sass shopify signal-app sina skype slack slackware snapchat
    snowflake-logo sonos soundcloud sketch spotify square-logo stack-overflow stackoverflow steam-logo storybook
    stripe surfshark svelte symfony tailwind teamviewer telegram terraform tesla-logo threads tidal tiktok todoist
    toyota trello tumblr twilio twitch twitter ubuntu umbraco unity unreal unsplash untappd uplay vercel vimeo
    visual-studio vite vk vlc vue vuejs vuetify waze webpack webrtc wechat weibo whatsapp wii wikipedia windows
    wordpress xamarin xbox xcom xing yahoo yarn-logo yelp youtube zapier zend zoom-us zsh triforce companion-cube
    deathly quidditch snitch-quidditch-ball sheikah deku samus saiyan thwomp bullet-bill super-mushroom warp-pipe
    death-star dragon-balls spock bat-leth tron light-sabers lightsaber staryu iron-man bat-mask daredevil
    vitruvian-logo barbie zat-gun tron-arrow spoutnik-logo death-note master-of-arms-logo dig-dug boulder-dash rss-app
    clippy hammer-sickle balkenkreuz manji swastika iron-cross slavery-whip golliwog imp-laugh bully-minion minions
    steampunk-logo starfighter x-wing mandalorian sith jedi ninja-turtle homekit bitbucket-logo umbrella-corporation
    aperture-logo arc-browser letterboxd kofi ko-fi bluesky deepseek mistral anthropic claude gemini copilot oauth eth
    btc ltc xrp doge zcash litecoin-logo dogecoin monero ripple-logo solana tether cc-amex amex visa mastercard diners
    contactless-payment apple-keyboard chess-logo lucide codeberg gnu osi open-source-initiative awesome fontawesome
    """.split()
)

# Names of the sets that say a state, a deed or a rank rather than a thing to be shown.
_NOT_THINGS: Final = frozenset(
    """
    age amplitude annexation arrest arrowed ary avoidance awareness backstab behold blast bo burn character choice
    clout coma computing confrontation congress conqueror conversation convict convince coronation corporal cowled
    crag crush crystalize cubeforce decapitation defibrilate delighted demolish despair detour dew disintegrate
    distraction dodge dodging dread drinking drowning duality duel eating elevator encirclement energise enlightenment
    enrage evasion expander expense falling fama feline fission gluttony gloop glock grab gravitation groundbreaker
    halt haunting healing imprisoned implosion inauguration injustice interdiction invisible juggler kindle kneeling
    knockout laserburn logging lover male mac misdirection mp mp5 mp5k mute nodular notched occupy oppression overdose
    overdrive overhead overhead-logo overmind paranoia person pointing pounce prayer private private-first-class
    profit progression pull pummeled punch push radiation raining read regeneration remedy revolt ricochet riposte
    rogue screaming sensuousness sergeant shatter short shouting shrug sideswipe silence silenced sing skill skills
    slap slime sly smart smash smitten snatch spatter spectre splurt sprint squib static stomp strafe strong-man-logo
    suicide surprised suspicious swallower targeted targeting tear-tracks tearing telefrag telepathy teleport
    temptation terror think thrust trade trample transfuse truce turd unbalanced uncertainty underhand unfriendly-fire
    unlocking unplugged uprising vanish vomiting vote-logo whiplash yell advertisement assistant compare consolidate
    creation detail details diversify dns domain email responsive restart rename reproduction rolodex segment terrain
    timelapse timetable toslink transition update widget article browser control empty exclude fader intersect
    intersection notch playlist prohibit screencast slider subtract swatch unite activity blend cast combine component
    copy frame group layer layers locate option radical replace router scaling section send share summary tangent
    ungroup upload user videotape wallpaper workflow adjustment adjustments affiliate alt analyze assembly asset
    assets background businessplan capsule-logo capture category ce codeblock confucius dashboard deselect direction
    empathize explicit fall favicon filters forbid gizmo gradienter hierarchy icons jetski-logo macro magnetic mcp
    mesh mortar hamburger-menu tank bolt-saw heart-plus heart-minus microfrontends middleware outbound paywall pinned
    pipeline poo prompt prong protocol recharging report serverless shadow shareplay slash sos squares stretching tax
    template texture timezone urgent variable versions virtual-space vip whirl writing wan symbol margin matrix
    memory-logo et ipod betamax klingon metroid pokecog rollerblade segway numpad notepad-logo cat-logo hub-logo
    induction backburger forwardburger spellcheck monitor checkbook command gpu rss webcam view-logo printer-logo
    projector-logo bar-chart poll altimeter bash cone dome ampersand astroid meter-cube cylinder cuboid frustum torus
    ring-logo octagram decagram oval sphere octahedron
    """.split()
)

# Left out in whole: states, controls and abstract glyphs that are not told by their words.
_OUT: Final = re.compile(
    r"(^|-)(logo|brand|box-align|box-margin|box-padding|box-model|box-multiple|circle-dashed|square-rounded|"
    r"circle-letter|square-letter|hexagon-letter|circle-number|square-number|hexagon-number|square-toggle|badge-\w+|"
    r"gender-\w+|zodiac|wash-\w+|math-\w+|logic|progress|player|signature-|brand-\w+|numeral|abstract-\d+|"
    r"card-\d+|tarot|rank-\d|tic-tac|s-brick|z-brick|t-brick|x-brick|(nothing|missing)|home-(?!heart$|roof$|eco$|"
    r"group$|modern$|variant$|lightning-bolt$|city$|silo$)\w+|cloud-(?!rain|snow|sun|moon|fog|bolt|lightning|upload|"
    r"download|storm|lock$|hail|drizzle)\w+|server-(?!rack)\w+|database-\w+|map-(?!pin$|marker$|trifold|$)\w+|"
    r"message-\w+|mail-\w+|email-\w+|chat-(?!circle$|teardrop$|bubble$)\w+|phone-\w+|photo-\w+|image-\w+|images?-\w+|"
    r"video-(?!camera$|vintage$)\w+|camera-(?!iris$|aperture$|simple$|retro$|vintage$)\w+|"
    r"microphone-(?!stage|variant$)\w+|headphones-\w+|"
    r"shopping-cart-\w+|cart-\w+|basket-\w+|bell-(?!ringing|school)\w+|lock-\w+|key-(?!variant)\w+|"
    r"star-(?!and|of|four|shooting|crescent|david|rings|formation|swirl|medal|key|flag)\w+|"
    r"heart-(?!handshake|pulse|half|hand)\w+|flag-(?!checkered|banner|pennant|triangle|variant)\w+|"
    r"shield-(?!check$|checkered|star|half|cross|lock|sun|sword|crown|chevron|home$|airplane)\w+|"
    r"calendar-\w+|clock-(?!digital|tower|outline)\w+|timer-\w+|store-\w+|car-(?!sports|convertible|side|electric|"
    r"hatchback|estate|pickup|limousine|wash|key|battery|wheel|profile|vintage|garage|4wd|suv|crane|wrench|simple)\w+|"
    r"(lightbulb|bulb|lamp|ceiling|fan|fridge|door|garage|bus|truck|train|tools?|trophy|tag|tags|pin|puzzle|receipt|"
    r"report|robot|rosette|hexagon|octagon|circle|square|triangle|droplet|water|thermometer|weather)-(alert|off|lock|"
    r"clock|check|star|heart|bolt|code|dollar|share|pin|spark|flame|bitcoin|cog|search|half-2|square|circle|hexagon)|"
    r"\w+-(ai|bitcoin|spark|flame|euro|pound|rupee|yen|yuan|dollar|pin|search|check|share|clock|cancel|bolt|code)|"
    r"moon-(?!stars|full|new|first|last|waning|waxing|star)\w+|sun-(?!moon|horizon|dim|high|low|cloud)\w+|"
    r"clock-time\w*|dice-\w+-\w+-faces|aspect|image|images|photo|layers-\w+|stack-\w+|number-?\w*|letter-?\w*|"
    r"x|check|checks|circle|square|rectangle|line|lines|dot|plus|minus|divide|equal|slash|backslash|pipe|oval|ellipse|"
    r"squircle|shape|shapes|rhombus|trapezoid|parallelogram|polygon|caret|pause|stop|record|play|eject|power|"
    r"check-\w+|close-\w+|play-\w+|stop-\w+|power-\w+|circle-\w+|square-\w+|rectangle-\w+|oval-\w+|"
    r"api|app-\w+|application\w*|sdk|seo|ssh|ssl|vpn|www|xxx|xd|tex|gif|hd|sd|ad|id|ai|ar|vr|tv-off|html|svg|png|jpg|"
    r"iso|mp3|mp4|4k|8k|3d|2fa|nsfw|no-\w+|not-\w+)($|-)"
)

# Pictures that a brand must ask for by name: gore, arms, faith, parties, countries, drugs.
_SENSITIVE: Final = frozenset(
    """
    skull skulls skeleton skeletal bone-gnawer blood bloody bleeding gore wound wounded wounds dead death decapitation
    amputation suicide murder kill corpse zombie tombstone grave gravestone coffin cemetery hanged guillotine gallows
    noose torture gun guns pistol pistols rifle shotgun revolver uzi ak47 ak47u bullet bullets ammo ammunition bomb
    bombs bomber bombing grenade missile missiles nuclear tank-tread artillery battle war machete knife knives dagger
    daggers explosive explosion dynamite weapon weapons colt luger sniper bazooka torpedo bayonet holster winchester
    thompson machine-gun famas desert-eagle autogun chaingun minigun mp5 mp-40 tec-9 c96 p90 steyr-aug spectre-m4
    walther-ppk sawed-off blunderbuss musket cannon handcuffs prisoner prison jail imprisoned slave whip terror
    assassin stabbed cross crosses crucifix christian christianity latin-cross crown-of-thorns church mosque synagogue
    star-of-david star-and-crescent hexagram menorah om torii ankh pentagram pentacle devil demon daemon imp satan
    diablo hell cultist voodoo islam hinduism judaism sikhism buddhism dharmachakra jesus angel-outfit pray praying
    prayer religion religious bible quran anarchy fascist communist cannabis marijuana smoking cigarette cigar joint
    syringe needle-drug drugs vomiting turd poo poop toilet urinal underwear bra thong sex sensuousness nipple breast
    condom penis vagina genital udder intestine bowels guts tumor cancer virus germ parasite maggot worms cockroach
    tick mosquito rat spider spiders tarantula monster mutilation severed cannibal gluttonous tongue hanging scream
    screaming terrified despair suffering biohazard radioactive hazard chemical-weapon poison toxic afraid devil-mask
    executioner hood balaclava robber bandit thief stake shank scar fangs vampire dracula werewolf ghost ghoul horror
    clown creepy spooky pumpkin-lantern halloween witch reaper scythe burning fire-zone alcohol-abuse pill-abuse
    injury injured bandage bandaged amputee crutch accident crash sinking drowning algeria angola belgium bolivia
    brazil bulgaria cambodia colombia corsica france germany ghana greece guatemala haiti honduras hungary india iran
    iraq ireland italia italy japan kenya korea laos libya mali mexico morocco nigeria pakistan panama paraguay peru
    poland portugal romania russia south-africa south-korea spain sri-lanka sweden switzerland tanzania texas tunisia
    uruguay usa venezuela vietnam african africa australia antarctica freemasonry molotov panzerfaust kevlar minefield
    gibbet manacle stahlhelm pickelhaube syria lebanon ethiopia egypt cz-skorpion gun-rose musket-rifle
    """.split()
)


def _pieces(name: str) -> set[str]:
    """Return the words of `name` and its runs of two, as they are written in the lists above."""
    words = name.split("-")
    return {*words, *(f"{a}-{b}" for a, b in pairwise(words)), name}


def could_be_logo(name: str) -> bool:
    """Tell whether an icon called `name` (words joined by hyphens) is a picture that a brand could use."""
    pieces = _pieces(name)
    if pieces & _MARKS or name in _NOT_THINGS or len(name) < 2:
        return False
    if name in _KEPT:
        return True
    return not pieces & _CONTROLS and not _OUT.search(name)


# Game-icons.net draws pictures, not controls, but for these.
_GAME_OUT: Final = re.compile(
    r"^(abstract-\d+|card-(?!pickup)\w+(-\w+)?|tarot-.*|rank-\d|[szt]-brick|3d-arrow|.*-3d-arrow|(return|save|cursor|zig|up|spiral|"
    r"split|wide)-arrow.*|arrow-(cursor|cluster|scope)|cancel|check-mark|cross-mark|confirmed|click|select|resize|move|"
    r"expand|contract|info|help|rss|share|save|load|read|talk|tick|toggles|upgrade|downgrade|usable|hidden|"
    r"power-button|play-button|pause-button|previous-button|next-button|settings-knobs|button-finger|sound-o\w+|"
    r"battery-.*|cloud-(up|down)load|checkbox-tree|plain-square|square|circle|plain-circle|divert|divergence|"
    r"anticlockwise-rotation|clockwise-rotation|horizontal-flip|vertical-flip|buy-card|sell-card|token|swap-bag|"
    r"perspective-dice.*|inverted-dice.*|dice-\w+-faces.*|dozen|doubled|duration|empty-.*|infested-mass|"
    r"level-.*|minus|plus|modern-city-logo|overkill|health-(in|de)crease|(in|de)crease.*|stabbed.*|.*-flag-logo)$"
)


def could_be_picture(name: str) -> bool:
    """Tell the same as `could_be_logo` for a set that has pictures rather than controls."""
    return not _pieces(name) & _MARKS and name not in _NOT_THINGS and not _GAME_OUT.match(name)


def is_sensitive(name: str) -> bool:
    """Tell whether a picture may stand for a brand only when its brief names it."""
    return bool(_pieces(name) & _SENSITIVE)
