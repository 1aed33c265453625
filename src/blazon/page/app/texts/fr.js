// @ts-check
export default /** @type {Partial<Record<import("../texts.js").TextKey, string>>} */ ({
  // change (design/)

  // see it used (scenes/)

  // take (take/)

  // admin (admin/)
});
