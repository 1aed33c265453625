// @ts-check
/**
 * What the HTTP API answers, as far as the page uses it; see `/openapi.json`.
 *
 * @typedef {"queued" | "running" | "succeeded" | "failed" | "cancelled" | "expired"} Status
 *
 * @typedef {object} Candidate
 * @property {number} number
 * @property {string} model
 * @property {number} seed
 * @property {number} first
 * @property {string} licence
 * @property {string[]} credits
 * @property {string[]} shows
 * @property {string} why
 * @property {string[]} warnings
 * @property {string} svg
 * @property {string} png
 * @property {string} webp
 * @property {Record<string, any> | null} design null for a painted one
 *
 * @typedef {object} SentBrief
 * @property {string} prompt
 * @property {string} brand_name
 * @property {string} slogan
 * @property {string | null} style
 * @property {string | null} palette
 * @property {string | null} layout
 * @property {string[]} show
 * @property {string[]} avoid
 * @property {string} letters
 * @property {string} established
 * @property {string | null} mark
 * @property {string | null} type
 * @property {string | null} case
 * @property {number} n
 * @property {number} first
 * @property {number} size
 * @property {string} engine
 * @property {string} model
 * @property {string} own_font
 * @property {string[]} keep
 *
 * @typedef {object} UnderstoodWish
 * @property {string} kind such as `show`, `colours` or `no_type`
 * @property {string} line all of it in words
 * @property {string} text
 * @property {string | null} field of a brief, that says the same outright
 * @property {string[]} values
 *
 * @typedef {object} Generation
 * @property {string} id
 * @property {Status} status
 * @property {number} progress
 * @property {SentBrief} brief
 * @property {number} seed
 * @property {string} model
 * @property {string} created_at
 * @property {string | null} started_at
 * @property {string | null} finished_at
 * @property {string} expires_at
 * @property {number | null} [estimated_wait] seconds
 * @property {number | null} [queue_ahead] how many logos are begun before its first
 * @property {string[]} understood
 * @property {UnderstoodWish[]} wishes the same with its parts; empty for old generations
 * @property {string[]} ignored
 * @property {{wish: string, instead: string}[]} unmet
 * @property {Candidate[]} candidates
 * @property {{code: string, message: string, param: string | null} | null} error
 *
 * @typedef {object} Logo one candidate and where it belongs; what panels get
 * @property {Generation} generation
 * @property {number} number
 * @property {Candidate} candidate
 *
 * @typedef {object} Model
 * @property {string} id
 * @property {string} identifier the same for all names of a model
 * @property {string} licence
 * @property {boolean} painted
 * @property {boolean} default
 */
export {};
