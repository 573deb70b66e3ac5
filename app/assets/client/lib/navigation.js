// @ts-check
// Going to another page of the app without loading it anew.

/** @param {string} href an address of the app */
export function goTo(href) {
  window.dash_clientside.set_props("_pages_location", { href });
}
