// @ts-check
/**
 * What the routes of designs answer, as far as the panels use it.
 *
 * @typedef {object} Typeface
 * @property {string} family
 * @property {number} weight
 * @property {"as_given" | "upper" | "lower"} case
 * @property {number} tracking in 1/1000 em
 *
 * @typedef {object} Design
 * @property {string} title
 * @property {string} layout
 * @property {Record<string, any> | null} mark
 * @property {Record<string, any>} colours
 * @property {string} treatment
 * @property {string | null} frame
 * @property {string} brand_name
 * @property {string} slogan
 * @property {string} established
 * @property {string} place
 * @property {Typeface | null} name_type
 * @property {Typeface | null} slogan_type
 *
 * @typedef {object} Revision
 * @property {number} revision
 * @property {number | null} parent
 * @property {string} created_at
 * @property {string[]} changes
 * @property {string[]} adapted
 * @property {string[]} shows
 * @property {string[]} credits
 * @property {string[]} warnings
 * @property {string} svg
 * @property {Design} design
 *
 * @typedef {Record<string, any>} Patch a JSON merge patch
 */
export {};
