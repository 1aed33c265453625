// @ts-check
import logo from "./logo/fr.js";

export default /** @type {Partial<Record<import("../texts.js").TextKey, string>>} */ ({
  ...logo,

  // admin (admin/)
});
