"""Which icons of an interface set could be a logo, and which of those must be asked for by name."""

import re
from itertools import pairwise
from typing import Final

# Words that mark a state or a control of an interface, wherever they stand in a name.
_CONTROLS: Final = frozenset(
    """
    12 24 2g 3g 404 4g 5g 6g a abjad account add alert align alpha alphabet ampersand anchor-point api apps arrow
    arrows artboard ascending aspect asterisk at attachment auto autocomplete autofocus axis b backspace backward
    badge-account ballot barcode baseline battery bezier binary blinds bluetooth blur bold bookmark border borders
    bottom bottombar braces bracket brackets branch-git brightness broken browser button buttons c calendar cancel
    cancelled captcha caption captions caret case-lower case-upper cell cellphone celsius charging checkbox checklist
    chevron chevrons circuit-ground clear click clipboard closed-caption cog collapse colon column columns comma
    commit commons console-line contacts contrast converge copy copyleft copyright corner corners creative-commons
    crop css csv currency-sign cursor cut-out d dashed debug decimal decrease delete delta-math descending desktop
    device devices dial-padlock dialog dialpad diff disabled disconnected discount diverge divide division dock
    document documents docx dots dotted down download draft drag drop-zone dropdown duplicate e ease east edit eject
    elevation ellipsis emoji emoticon enabled enter equal equals error error-404 ethernet ev-plug exchange exclamation
    exit expand expansion exponent export exposure f face-id face-recognition fahrenheit fan-speed file files filter
    find-replace flash-off flip focus folder folders font form format forward fps fraction frame-rate from fullscreen
    function g gantt gate-and gate-nand gate-nor gate-not gate-or gate-xnor gate-xor git git-fork gps gradient greater
    grid grip h hash hashtag hat-account hdmi hdr header heading help hexadecimal hidden hide horizontal html http
    humidifier hvac hyperlink i identifier imac import inactive inbox incoming increase indent info information
    inner-shadow input integral invert-colors ip ipad iso italic iteration j join json jsx k kanban kelvin keyboard
    keyframe keyframe-align keyframes l label-off lan laptop-account layout led-strip left less letter letters
    ligature lightbulb-on link list loader loading log-in log-out login logout looks lte m mark-as marquee maximize
    menu merge message-text metering midi-port minimize minus missed mobiledata monitor monitor-dashboard more move
    multicast multiplication multiplier music-rest mute n narrow nas navbar network-pos new-box new-section nfc
    noise-reduction north not-equal note-text notification null number numeric o ocr off offer on opacity open-in-app
    open-in-new outbox outdent outgoing outlet output overscan p package-down page pages pagination pan panel
    paperclip paragraph parentheses password paste pause paused pcb-header pdf percent percentage person-add
    perspective php picture picture-in-picture pilcrow placeholder played plus plus-minus pointer ppt printer-pos
    priority proportions publish pull q qr qrcode question queue quote quotes r radiator-disabled radio radius ratio
    record-mail redo refresh regex registered relation remove reorder repeat replay reply resize rest-half restore
    rewind right rights ringer roller-shade roman root-square rotate rounded-corner row rows s scan scanner schema
    screenshot scroll select selected selection selection-box semicolon sensor servicemark settings show shuffle
    shutter sidebar sigma signal signin signout silent sim sitemap sketching skew skip slash slash-forward small
    smartphone snapping socket sort south spinner spline split sql squares-exclude squares-subtract status-change step
    strength strikethrough stroke subscript subtask subtitles sum superscript swap swipe switch syllabary sync t tab
    table tablet tabs tally tallymark tap template terminal-window text textbox thermostat thick thin tilde tilt-shift
    time-duration timeline timezone to toggle tooltip toothbrush-electric top topology touchpad trademark transcribe
    transfer transform translate trending tsx type typeface u uhd underline undo unknown unlink unmute unread up
    upload usb user users v variable vector vent versions versus vertical vibrate view viewfinder viewport visible
    voice voicemail void volume vs w warning webhook west whole-word wide widget wifi window windows wireless-charging
    wrap x xls xml y z zoom zzz
    """.split()
)

# Controls that are plain pictures when nothing else is said, or in these names.
_KEPT: Final = frozenset(
    """
    ampersand archer-arrow arrow-bow asterisk at badge ballot barcode barn-door battery battery-charging battery-full
    battery-pack big-top bird-house book-bookmark bookmark bookmark-book bow-arrow branch broadcast cable-tap calendar
    cell-tower charging-station chart-line chart-line-up chat-circle chat-teardrop chats-circle chats-teardrop
    clipboard cloud-download cloud-upload code coffee-table copy desktop dial-clock document drag-race fan-blade
    file-cabinet flower-pollen fork-knife frame frying-pan git-branch greenhouse-window grid grid-nine hand-pointing
    hand-tap hash hashtag home-lightning-bolt image integral jar-label keyboard keyboard-piano ladle laptop
    letter-opener lightning-bolt link magnifying-glass mail map-pin monitor north-star note pan pan-steam pan-tool
    paperclip percent person-simple-bike person-simple-hike person-simple-run person-simple-ski
    person-simple-snowboard person-simple-swim person-simple-tai-chi person-simple-throw picnic-table pot-steam quote
    quotes radio radio-antenna radio-tower rocket-launch round-table scroll scroll-quill scroll-unfurled seal-check
    shield-check shield-half shield-lock shield-star ship-wheel shirt-t sigma signal silverware-fork
    silverware-fork-knife silverware-variant sim-card sneaker-move solar-panel spark spinning-top star-four sum
    sunrise switchblade t-shirt table table-chair table-furniture table-lamp table-picnic table-tennis tank-top tap
    tap-water terminal text-book thumb-up thumbs-up tied-scroll top-hat translate trend-up upload user users
    users-three vinyl-record vote water-tap wifi window window-open
    """.split()
)

# Trade marks and characters: shapes that belong to someone.
_MARKS: Final = frozenset(
    """
    airbnb airplay airpods airtag alexa amazon american-shield amex android angular anthropic apache apple-keyboard
    apple-logo appstore arc-browser arch-linux artstation asana atlassian awesome aws azure babel balkenkreuz bandcamp
    barbie basecamp bat-leth bat-mask battlenet behance bing bitbucket blackberry blender-software blogger bluesky
    bootstrap boulder-dash brand btc buffer bullet-bill bully-minion cadillac cash-app cc-amex chrome chromecast
    claude clippy cloudflare coda codeberg codepen codesandbox coinbase companion-cube contactless-payment converse
    copilot couchbase css3 daredevil death-note death-star deathly debian deepseek deku delicious deno deviantart
    dig-dug digg digital-ocean diners discord disqus django docker doge dogecoin dolby dot-net dragon-balls dribbble
    drizzle drone-ci dropbox drupal edge electron-framework elementor ember envato eslint eth etsy evernote facebook
    fediverse figma finn firebase firefox flattr flickr fontawesome foursquare framer freebsd gatsby gemini gentoo
    github gitlab gmail gnome gnu golliwog goodreads google gopro graphql grav gravatar hackernews hammer-sickle
    hangouts hbo hololens homekit html5 hubspot hulu humble ie imdb imp-laugh infiniti instagram intel
    internet-explorer invision iron-cross iron-man java javascript jedi jeep jellyfish-app jira jquery jsfiddle
    kickstarter ko-fi kodi kofi kubernetes laravel lastfm lego letterboxd light-sabers lightsaber line-app linkedin
    linktree linux linux-mint litecoin ltc lucide macos magento mailchimp mandalorian manji mapbox markdown mastercard
    mastodon material-design mcdonald medium-logo messenger meta michelin mickey microsoft minions mistral mixcloud
    monero mongodb mozilla mysql neovim netbeans netflix netlify nextcloud nextjs ninja-turtle nintendo nodejs notion
    npm nuxt nvidia ny-times nytimes oauth odnoklassniki office365 onedrive onlyfans open-ai
    open-source-initiative openai openid opensource opera osi outlook pac-man pacman pandora patreon paypal periscope
    photoshop pinterest pix playstation plex pokeball pokemon polymer powershell python qqchat quidditch
    rapidshare raspberry-pi reddit redhat replit roku rollupjs rss-app ruby-on-rails rust safari saiyan
    salesforce samsung samus sass sheikah shopify signal-app sina sith sketch skype slack slackware slavery-whip
    snapchat snitch-quidditch-ball solana sonos soundcloud spock spotify stack-overflow stackoverflow starfighter
    staryu storybook stripe super-mushroom surfshark svelte swastika symfony tailwind teamviewer telegram terraform
    tether threads thwomp tidal tiktok todoist toyota trello triforce tron tron-arrow tumblr twilio twitch twitter
    ubisoft ubuntu umbraco umbrella-corporation unreal unsplash untappd uplay vercel vimeo visa visual-studio
    vite vk vlc vue vuejs vuetify warp-pipe waze webpack webrtc wechat weibo whatsapp wii wikipedia windows wordpress
    x-wing xamarin xbox xcom xing xrp yahoo yelp youtube zapier zat-gun zcash zend zoom-us zsh
    """.split()
)

# Names of the sets that say a state, a deed or a rank rather than a thing to be shown.
_NOT_THINGS: Final = frozenset(
    """
    activity adjustment adjustments advertisement affiliate age alt altimeter ampersand amplitude analyze annexation
    arrest arrowed article ary assembly asset assets assistant astroid avoidance awareness backburger background
    backstab bar-chart bash behold betamax blast blend bo bolt-saw browser burn businessplan capture cast category ce
    character checkbook choice clout codeblock coma combine command compare component computing cone confrontation
    confucius congress conqueror consolidate control conversation convict convince copy coronation corporal cowled
    crag creation crush crystalize cubeforce cuboid cylinder dashboard decagram decapitation defibrilate delighted
    demolish deselect despair detail details detour dew direction disintegrate distraction diversify dns dodge dodging
    domain dome dread drinking drowning duality duel eating elevator email empathize empty encirclement energise
    enlightenment enrage et evasion exclude expander expense explicit fader fall falling fama favicon feline filters
    fission forbid forwardburger frame frustum gizmo glock gloop gluttony gpu grab gradienter gravitation
    groundbreaker group halt hamburger-menu haunting healing heart-minus heart-plus hierarchy house-simple icons
    implosion imprisoned inauguration induction injustice interdiction intersect intersection invisible ipod juggler
    kindle klingon kneeling knockout laserburn layer layers locate logging lover mac macro magnetic male margin matrix
    mcp mesh meter-cube metroid microfrontends middleware misdirection monitor mortar mp mp5 mp5k mute nodular notch
    notched numpad occupy octagram octahedron oppression option outbound oval overdose overdrive overhead overmind
    paranoia paywall person pinned pipeline playlist pointing pokecog poll poo pounce prayer private
    private-first-class profit progression prohibit prompt prong protocol pull pummeled punch push radiation radical
    raining read recharging regeneration remedy rename replace report reproduction responsive restart revolt ricochet
    riposte rogue rollerblade rolodex router rss scaling screaming screencast section segment segway send sensuousness
    sergeant serverless shadow share shareplay shatter short shouting shrug sideswipe silence silenced sing skill
    skills slap slash slider slime sly smart smash smitten snatch sos spatter spectre spellcheck sphere splurt sprint
    squares squib static stomp strafe stretching subtract suicide summary surprised suspicious swallower swatch symbol
    tangent tank targeted targeting tax tear-tracks tearing telefrag telepathy teleport template temptation terrain
    terror texture think thrust timelapse timetable timezone torus toslink trade trample transfuse transition truce
    turd unbalanced uncertainty underhand unfriendly-fire ungroup unite unlocking unplugged update upload uprising
    urgent user vanish variable versions videotape vip virtual-space vomiting wallpaper wan webcam whiplash whirl
    widget workflow writing yell
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
    r"(?!shield-|pad)\w+(-\w+)*-lock|share|share-\w+|forbid\S*|credit-card-\w+|console-network|music-accidental\S*|"
    r"chart-(cohort|funnel|ppf|sankey|covariate|treemap)|tag-multiple|archive-\w+|currency-(?!btc|dollar|eur$|euro$|gbp|"
    r"jpy|inr)\w+|current-\w+|\w+-(ruble|manat|lari|tenge|dram|dirham|taka|franc|peso|lira|riyal)|diameter\S*|lane|"
    r"cosine-wave|sine-wave|contact|contact-round|label\S*|receipt-(tax|refund|cent|turkish|swiss|russian)\S*|"
    r"api|app-\w+|application\w*|sdk|seo|ssh|ssl|vpn|www|xxx|xd|tex|gif|hd|sd|ad|id|ai|ar|vr|tv-off|html|svg|png|jpg|"
    r"iso|mp3|mp4|4k|8k|3d|2fa|nsfw|no-\w+|not-\w+)($|-)"
)

# Pictures that a brand must ask for by name: gore, arms, faith, parties, countries, drugs.
_SENSITIVE: Final = frozenset(
    """
    abbot accident afraid africa african ak47 ak47u alcohol-abuse algeria ammo ammunition amputation amputee anarchy
    angel-outfit angola ankh antarctica artillery assassin australia autogun balaclava bandage bandaged bandit battle
    bayonet bazooka belgium bible biohazard black-sea bleeding blood bloody blunderbuss bolivia bomb bomber bombing
    bombs bone-gnawer bong bowels bra brazil breast buddhism buddhist bulgaria bullet bullets burning burqa c96
    cambodia cancer cannabis cannibal cannon cemetery chaingun chemical-weapon christian christianity church cigar
    cigarette clown cockroach coffin colombia colt communist condom confucius corpse corsica crash creepy cross
    crosses crown-of-thorns crucifix crutch cultist cz-skorpion daemon dagger daggers dead death decapitation demon
    desert-eagle despair devil devil-mask dharma dharmachakra diablo dracula drowning drugs dynamite egypt ethiopia
    executioner explosion explosive famas fangs fascist fire-zone france freemasonry gallows genital germ germany
    ghana ghost ghoul gibbet gluttonous gore grave gravestone greece grenade guatemala guillotine gun gun-rose guns
    guts guy-fawkes-mask hail-mary haiti halal halloween handcuffs hanged hanging hazard hell hemp hexagram hijab
    hindu hinduism holster honduras hood horror hungary iceland imp imprisoned india injured injury intestine iran
    iraq ireland islam italia italy jail japan jesus jewish-star joint judaism kenya kevlar khanda kill knife knives
    korea kosher laos latin-cross latvia lebanon libya luger machete machine-gun maggot mali manacle marijuana menorah
    mexico minefield minigun missile missiles moldova molotov mongolia monk monster morocco mosque mosquito mp-40 mp5
    murder musket musket-rifle mutilation needle-drug nigeria nipple noose norway nuclear nun om p90 pakistan panama
    panzerfaust paraguay parasite penis pentacle pentagram peru pickelhaube pill-abuse pistol pistols poison poland
    poo poop portugal pray prayer praying priest prison prisoner pumpkin-lantern quran radioactive rat reaper religion
    religious revolver rifle robber romania rosary russia satan sawed-off scar scream screaming scythe sensuousness
    severed sex shank shotgun sikhism sinking skeletal skeleton skull skulls slave smoking sniper south-africa
    south-korea spain spectre-m4 spider spiders spooky sri-lanka stabbed stahlhelm stake star-and-crescent
    star-of-david steyr-aug suffering suicide sweden switzerland synagogue syria syringe tank-tread tanzania tarantula
    tec-9 terrified terror texas thief thompson thong tick toilet tombstone tongue torii torpedo torture toxic tumor
    tunisia turban turd udder underwear urinal uruguay usa uzi vagina vampire venezuela vietnam virus vomiting voodoo
    walther-ppk war weapon weapons werewolf whip winchester witch worms wound wounded wounds zombie
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
    r"^(.*-button|(?!bow-).*-arrow|nothing-to-say|player-\w+|abstract-\d+|card-(?!pickup)\w+(-\w+)?|tarot-.*|rank-\d|[szt]-brick|3d-arrow|.*-3d-arrow|(return|save|cursor|zig|up|spiral|"
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
